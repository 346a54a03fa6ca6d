package io.github.maskalign.cli.classify;

import io.github.maskalign.cli.Command;
import io.github.maskalign.cli.ComputeOptions;
import io.github.maskalign.vit.embed.Clip;
import io.github.maskalign.vit.embed.ClipOptions;
import io.github.maskalign.vit.embed.ZeroShotClassifier;
import io.github.maskalign.vit.image.DamagedPictureException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code maskalign classify}: which of some texts fits a picture best, by CLIP. */
@CommandLine.Command(
    name = "classify",
    sortOptions = false,
    description =
        "Tells which of your labels fit pictures, by a CLIP that was trained on none of them: for"
            + " each picture the labels' probabilities, which add up to 100%%, the likeliest"
            + " first.")
public final class ClassifyCommand implements Command {

  private static final String PLACE = "{}";

  @Parameters(paramLabel = "PICTURE", arity = "1..*", description = "JPEG, PNG, GIF, BMP or WebP.")
  private List<Path> pictures;

  @Option(
      names = "--weights",
      required = true,
      paramLabel = "DIR|FILE",
      description =
          "A whole CLIP of Hugging Face or OpenCLIP, with tokenizer.json (or vocab.json and"
              + " merges.txt) beside the weights.")
  private Path weights;

  @Option(
      names = "--labels",
      required = true,
      split = ",",
      paramLabel = "TEXT",
      description = "With commas between them; may be given several times.")
  private List<String> labels;

  @Option(
      names = "--template",
      paramLabel = "TEXT",
      defaultValue = PLACE,
      description =
          "What a label is put into, in place of {}; CLIP likes 'a photo of a {}.' (default:"
              + " ${DEFAULT-VALUE}).")
  private String template;

  @Option(
      names = "--top",
      paramLabel = "N",
      description = "Print only so many of the likeliest labels (default: all).")
  private int top = Integer.MAX_VALUE;

  @Mixin private final ComputeOptions compute = new ComputeOptions();

  @Spec private CommandSpec spec;

  /** For the service loader. */
  public ClassifyCommand() {}

  @Override
  public Integer call() {
    List<String> names = labels.stream().map(String::strip).toList();
    require(names.stream().noneMatch(String::isEmpty), "--labels: one of them is empty");
    require(template.contains(PLACE), "--template: '" + template + "' has no {} for the label");
    require(top > 0, "--top: must be 1 or more, got " + top);
    ClipOptions options =
        ClipOptions.defaults().withBackend(compute.backend()).withThreads(compute.threads());
    try (Clip clip = Clip.load(weights, options)) {
      ZeroShotClassifier texts =
          clip.classifier(names.stream().map(name -> template.replace(PLACE, name)).toList());
      int refused = 0;
      for (Path picture : pictures) {
        try {
          print(picture, names, texts.probabilities(clip.images().embed(picture)));
        } catch (DamagedPictureException e) {
          spec.commandLine().getErr().println("maskalign: " + e.getMessage());
          refused++;
        }
      }
      return refused == 0 ? 0 : 1;
    }
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalArgumentException(otherwise);
    }
  }

  private void print(Path picture, List<String> names, float[] probabilities) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(picture);
    IntStream.range(0, probabilities.length)
        .boxed()
        .sorted(Comparator.comparing(i -> -probabilities[i]))
        .limit(top)
        .forEach(
            i ->
                out.println(
                    String.format(
                        Locale.ROOT, "  %5.1f%%  %s", 100 * probabilities[i], names.get(i))));
  }
}
