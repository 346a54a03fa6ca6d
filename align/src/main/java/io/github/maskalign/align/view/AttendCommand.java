package io.github.maskalign.align.view;

import io.github.maskalign.align.cli.Command;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.image.PictureDecoder;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code maskalign attend}: where a network looks. */
@CommandLine.Command(
    name = "attend",
    sortOptions = false,
    description =
        "Draws where a network looks in a picture: the attention of its class token to the"
            + " patches, or, in a network without one, what patches receive from all tokens. Each"
            + " map is scaled to its own highest value.")
public final class AttendCommand implements Command {

  private static final String ALL = "all";
  private static final String MEAN = "mean";
  private static final int COLUMNS = 4;

  @Parameters(paramLabel = "PICTURE", description = "JPEG, PNG, GIF, BMP or WebP.")
  private Path picture;

  @Mixin private ViewOptions options;

  @Option(
      names = "--block",
      paramLabel = "N",
      defaultValue = "-1",
      description = "Counted from 0, or from the last, which is -1 (default: ${DEFAULT-VALUE}).")
  private int block;

  @Option(
      names = "--head",
      paramLabel = "N|mean|all",
      defaultValue = ALL,
      description = "One head, their mean, or a sheet of all (default: ${DEFAULT-VALUE}).")
  private String head;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "attend.png",
      description = "The PNG to write (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Spec private CommandSpec spec;

  /** For the service loader. */
  public AttendCommand() {}

  @Override
  public Integer call() {
    Picture decoded = PictureDecoder.open().decode(picture);
    options.look(lens -> draw(lens, lens.view(decoded)));
    return 0;
  }

  private void draw(Lens lens, Picture view) {
    int number = ViewOptions.block(lens, block);
    float[][] heads = lens.attention(view, number);
    PatchPicture canvas = new PatchPicture(view, lens.config().grid());
    Sheet sheet = new Sheet(COLUMNS);
    sheet.add(canvas.plain(), "picture");
    switch (head) {
      case ALL -> {
        sheet.add(canvas.heat(mean(heads)), caption(number, MEAN));
        for (int i = 0; i < heads.length; i++) {
          sheet.add(canvas.heat(heads[i]), caption(number, "head " + i));
        }
      }
      case MEAN -> sheet.add(canvas.heat(mean(heads)), caption(number, MEAN));
      default -> {
        int chosen = chosen(heads.length);
        sheet.add(canvas.heat(heads[chosen]), caption(number, "head " + chosen));
      }
    }
    sheet.write(out);
    spec.commandLine()
        .getOut()
        .printf(
            "%s: attention of %s in block %d of %d, %d heads%n",
            out,
            lens.hasClassToken() ? "the class token" : "all tokens",
            number,
            lens.config().depth(),
            heads.length);
  }

  private static String caption(int block, String what) {
    return "block " + block + ", " + what;
  }

  private int chosen(int heads) {
    try {
      int chosen = Integer.parseInt(head);
      if (chosen >= 0 && chosen < heads) {
        return chosen;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new IllegalArgumentException(
        "--head: '%s' is none of 0 to %d, mean, all".formatted(head, heads - 1));
  }

  /** Over the heads. */
  static float[] mean(float[][] heads) {
    float[] mean = new float[heads[0].length];
    for (float[] each : heads) {
      for (int i = 0; i < mean.length; i++) {
        mean[i] += each[i] / heads.length;
      }
    }
    return mean;
  }
}
