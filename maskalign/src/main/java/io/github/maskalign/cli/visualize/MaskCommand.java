package io.github.maskalign.cli.visualize;

import io.github.maskalign.Masking;
import io.github.maskalign.cli.Command;
import io.github.maskalign.config.MaskKind;
import io.github.maskalign.vit.image.Picture;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code maskalign mask}: what a student would see. */
@CommandLine.Command(
    name = "mask",
    sortOptions = false,
    description =
        "Draws what a student would see of a picture with this network as its teacher: the"
            + " importance of the patches, and several draws of those that are shown, as"
            + " pre-training draws them.")
public final class MaskCommand implements Command {

  private static final int COLUMNS = 5;

  @Parameters(
      paramLabel = "PICTURE",
      description = "A file, or one of a data set by its number: fashion-mnist:18.")
  private String picture;

  @Mixin private VisualizeOptions options;

  @Option(
      names = "--mask",
      paramLabel = "NAME",
      defaultValue = "attentive",
      description = "attentive or random (default: ${DEFAULT-VALUE}).")
  private String mask;

  @Option(
      names = "--mask-ratio",
      paramLabel = "R",
      defaultValue = "0.7",
      description = "Share of the patches that is hidden (default: ${DEFAULT-VALUE}).")
  private double ratio;

  @Option(
      names = "--draws",
      paramLabel = "N",
      defaultValue = "8",
      description = "How many (default: ${DEFAULT-VALUE}).")
  private int draws;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "0",
      description =
          "Of the training; the draws are its first steps', of this sample of the data set, or of"
              + " sample 0 (default: 0).")
  private long seed;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "mask.png",
      description = "The PNG to write (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Spec private CommandSpec spec;

  /** For the service loader. */
  public MaskCommand() {}

  @Override
  public Integer call() {
    MaskKind strategy = MaskKind.parse(mask);
    if (draws < 1) {
      throw new IllegalArgumentException("--draws: must be 1 or more, got " + draws);
    }
    PictureArgument word = PictureArgument.open(picture);
    options.forward(lens -> draw(lens, word, strategy));
    return 0;
  }

  private void draw(PatchInsight lens, PictureArgument word, MaskKind strategy) {
    Picture view = lens.view(word.picture());
    Masking masking = new Masking(strategy, seed);
    MaskDraws masks = MaskDraws.of(lens, view, masking, ratio, word.sample(), draws);
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
            "%s: %d of %d patches are seen, %s%n",
            out,
            masks.visible().getFirst().length,
            lens.config().patches(),
            strategy.description());
  }
}
