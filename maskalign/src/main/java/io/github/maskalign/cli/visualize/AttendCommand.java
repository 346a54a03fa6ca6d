package io.github.maskalign.cli.visualize;

import io.github.maskalign.cli.Command;
import io.github.maskalign.vit.image.Picture;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
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

  @Parameters(
      paramLabel = "PICTURE",
      description = "A file, or one of a data set by its number: fashion-mnist:18.")
  private String picture;

  @Mixin private VisualizeOptions options;

  @Option(
      names = "--block",
      paramLabel = "N|all",
      defaultValue = "-1",
      description =
          "Counted from 0, or from the last, which is -1, or a row of each (default:"
              + " ${DEFAULT-VALUE}).")
  private String block;

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
    PictureArgument word = PictureArgument.open(picture);
    options.forward(lens -> draw(lens, word.name(), lens.view(word.picture())));
    return 0;
  }

  private void draw(PatchInsight lens, String name, Picture view) {
    List<Integer> blocks = blocks(lens);
    int heads = lens.config().blocks().heads();
    PatchPicture canvas = new PatchPicture(view, lens.config().grid());
    ContactSheet sheet =
        new ContactSheet(blocks.size() > 1 && head.equals(ALL) ? heads + 1 : COLUMNS);
    if (blocks.size() == 1) {
      sheet.add(canvas.plain(), name);
    }
    for (int block : blocks) {
      add(sheet, canvas, lens.attention(view, block), block);
    }
    sheet.write(out);
    spec.commandLine()
        .getOut()
        .printf(
            "%s: attention of %s in %s of %d, %d heads; a map's brightest patch has the share"
                + " below it%n",
            out,
            lens.hasClassToken() ? "the class token" : "all tokens",
            blocks.size() == 1 ? "block " + blocks.getFirst() : "all blocks",
            lens.config().depth(),
            heads);
  }

  private List<Integer> blocks(PatchInsight lens) {
    if (block.equals(ALL)) {
      return IntStream.range(0, lens.config().depth()).boxed().toList();
    }
    try {
      return List.of(VisualizeOptions.block(lens, Integer.parseInt(block)));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("--block: '" + block + "' is neither a number nor all", e);
    }
  }

  private void add(ContactSheet sheet, PatchPicture canvas, float[][] heads, int block) {
    switch (head) {
      case ALL -> {
        add(sheet, canvas, PatchInsight.mean(heads), block, MEAN);
        for (int i = 0; i < heads.length; i++) {
          add(sheet, canvas, heads[i], block, "head " + i);
        }
      }
      case MEAN -> add(sheet, canvas, PatchInsight.mean(heads), block, MEAN);
      default -> {
        int chosen = chosen(heads.length);
        add(sheet, canvas, heads[chosen], block, "head " + chosen);
      }
    }
  }

  private static void add(
      ContactSheet sheet, PatchPicture canvas, float[] map, int block, String what) {
    float max = 0;
    for (float share : map) {
      max = Math.max(max, share);
    }
    String caption = String.format(Locale.ROOT, "block %d, %s: %.1f %%", block, what, 100 * max);
    sheet.add(canvas.heat(map), caption);
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
}
