package io.github.maskalign.cli.classify;

import io.github.maskalign.cli.Command;
import io.github.maskalign.cli.ComputeOptions;
import io.github.maskalign.cli.ImageOptions;
import io.github.maskalign.cli.ModelPath;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.Printable;
import io.github.maskalign.tensor.error.TensorException;
import io.github.maskalign.vit.embed.Clip;
import io.github.maskalign.vit.embed.ClipOptions;
import io.github.maskalign.vit.embed.ZeroShotClassifier;
import io.github.maskalign.vit.hub.ModelPart;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
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

/** {@code maskalign classify}: zero-shot classification with CLIP or SigLIP. */
@CommandLine.Command(
    name = "classify",
    sortOptions = false,
    description =
        "Zero-shot classification with CLIP or SigLIP: prints the probability of each label for each"
            + " image, highest first. CLIP compares the labels with each other, so that the"
            + " probabilities of an image add up to 100%%; SigLIP judges each label alone.")
public final class ClassifyCommand implements Command {

  private static final String PLACEHOLDER = "{}";

  /** Characters of a long text in a message. */
  private static final int SHOWN = 40;

  @Parameters(
      paramLabel = "IMAGE",
      arity = "1..*",
      description = "Images to classify: JPEG, PNG, GIF, BMP or WebP.")
  private List<Path> images;

  @Option(
      names = "--weights",
      required = true,
      paramLabel = "MODEL",
      converter = ModelPath.Converter.class,
      description =
          "CLIP or SigLIP model in the format of Hugging Face or OpenCLIP: a folder, or a weight"
              + " file, with the files of its tokenizer next to it; or its name on the Hub,"
              + " hf:ORG/NAME (required).")
  private ModelPath weights;

  @Option(
      names = "--labels",
      required = true,
      split = ",",
      paramLabel = "TEXT",
      description = "Labels, separated by commas; can be repeated (required).")
  private List<String> labels;

  @Option(
      names = "--template",
      paramLabel = "TEXT",
      defaultValue = PLACEHOLDER,
      description =
          "Prompt template in which {} stands for the label, such as 'a photo of a {}.', which"
              + " suits CLIP (default: ${DEFAULT-VALUE}).")
  private String template;

  @Option(
      names = "--truncate",
      description = "Truncate texts of more tokens than the model takes; else they are rejected.")
  private boolean truncate;

  @Option(
      names = "--top",
      paramLabel = "N",
      description = "Number of labels to print per image (default: all).")
  private int top = Integer.MAX_VALUE;

  @Mixin private final ImageOptions processing = new ImageOptions();

  @Mixin private final ComputeOptions compute = new ComputeOptions();

  @Spec private CommandSpec spec;

  /** For the service loader. */
  public ClassifyCommand() {}

  @Override
  public Integer call() {
    List<String> names = labels.stream().map(String::strip).toList();
    require(names.stream().noneMatch(String::isEmpty), "--labels: empty label");
    require(
        template.contains(PLACEHOLDER), "--template: no {} for the label in '" + template + "'");
    require(top > 0, "--top: must be 1 or more, got " + top);
    ClipOptions options =
        ClipOptions.defaults()
            .withTruncation(truncate)
            .withExecution(compute.execution())
            .withProcessing(processing.processing());
    try (Clip clip = Clip.load(weights.path(ModelPart.NETWORK_AND_TOKENIZER), options)) {
      clip.images().notes().forEach(spec.commandLine().getErr()::println);
      List<String> prompts =
          names.stream().map(name -> template.replace(PLACEHOLDER, name)).toList();
      prompts.forEach(prompt -> checkLength(clip, prompt));
      ZeroShotClassifier texts = clip.classifier(prompts);
      int failed = 0;
      for (Path image : images) {
        try {
          print(image, names, texts.probabilities(clip.images().embed(image)));
        } catch (TensorException | UncheckedIOException e) {
          String message = ImageFailure.message(image.toString(), e).orElseThrow(() -> e);
          spec.commandLine().getErr().println("maskalign: " + message);
          failed++;
        }
      }
      return failed == 0 ? 0 : 1;
    }
  }

  /** Names a text that is too long, and refuses it unless it may be truncated. */
  private void checkLength(Clip clip, String prompt) {
    int tokens = clip.tokens(prompt);
    int max = clip.maxTokens();
    if (tokens <= max) {
      return;
    }
    String text = prompt.length() > SHOWN ? prompt.substring(0, SHOWN) + "..." : prompt;
    require(
        truncate,
        "--labels: '%s': the text has %,d tokens, the limit is %,d; shorten it or add --truncate"
            .formatted(text, tokens, max));
    spec.commandLine()
        .getErr()
        .println(
            Printable.line(
                "Truncated: the text '%s' has %,d tokens, of which %,d are used"
                    .formatted(text, tokens, max)));
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new ArgumentException(message);
    }
  }

  private void print(Path image, List<String> names, float[] probabilities) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(image);
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
