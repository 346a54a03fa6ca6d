package io.github.maskalign.cli.visualize;

import io.github.maskalign.Masking;
import io.github.maskalign.cli.Command;
import io.github.maskalign.config.MaskKind;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.vit.Importance;
import io.github.maskalign.vit.image.Picture;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code maskalign mask}: visualizes masks. */
@CommandLine.Command(
    name = "mask",
    sortOptions = false,
    description =
        "Visualizes the masks that pre-training would draw for an image with this network as the"
            + " teacher: the importance of the patches, and several draws of the visible patches.")
public final class MaskCommand implements Command {

  private static final int COLUMNS = 5;

  @Parameters(
      paramLabel = "IMAGE",
      description =
          "Image file, or DATA:INDEX for an image of a data set, such as fashion-mnist:18.")
  private String image;

  @Mixin private VisualizeOptions options;

  @Option(
      names = "--mask",
      paramLabel = "NAME",
      defaultValue = "attentive",
      description = "Mask strategy: attentive or random (default: ${DEFAULT-VALUE}).")
  private String mask;

  @Option(
      names = "--mask-ratio",
      paramLabel = "R",
      defaultValue = "0.7",
      description = "Fraction of patches hidden from the student (default: ${DEFAULT-VALUE}).")
  private double ratio;

  @Option(
      names = "--draws",
      paramLabel = "N",
      defaultValue = "8",
      description = "Number of draws (default: ${DEFAULT-VALUE}).")
  private int draws;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Random seed of the pre-training; the draws are those of its first steps for this sample"
              + " (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "mask.png",
      description = "PNG file to write (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Spec private CommandSpec spec;

  /** For the service loader. */
  public MaskCommand() {}

  @Override
  public Integer call() {
    MaskKind strategy = MaskKind.parse(mask);
    if (draws < 1) {
      throw new ArgumentException("--draws: must be 1 or more, got " + draws);
    }
    ImageArgument word = ImageArgument.open(image);
    options.forward(lens -> draw(lens, word, strategy));
    return 0;
  }

  /** Which patches are likely to be seen. */
  private static String likely(PatchInsight lens, MaskKind strategy) {
    Importance kind = Importance.of(lens.config());
    return kind == Importance.CLASS_ATTENTION || !strategy.usesImportance()
        ? strategy.description()
        : "patches with more %s are more likely to be seen (there is no class token)"
            .formatted(kind.description());
  }

  private void draw(PatchInsight lens, ImageArgument word, MaskKind strategy) {
    Picture view = lens.view(word.picture());
    Masking masking = new Masking(strategy, seed);
    MaskDraws masks = MaskDraws.of(lens, word.picture(), masking, ratio, word.sample(), draws);
    PatchPicture canvas = new PatchPicture(view, lens.config().grid());
    ContactSheet sheet = new ContactSheet(COLUMNS);
    sheet.add(canvas.plain(), word.name());
    sheet.add(canvas.heat(masks.importance()), "importance");
    for (int i = 0; i < draws; i++) {
      sheet.add(canvas.only(masks.visible().get(i)), "step " + i);
    }
    sheet.write(out);
    spec.commandLine()
        .getOut()
        .printf(
            "%s: %d of %d patches visible, %s%n",
            out,
            masks.visible().getFirst().length,
            lens.config().patches(),
            likely(lens, strategy));
  }
}
