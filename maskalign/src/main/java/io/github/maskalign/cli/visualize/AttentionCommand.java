package io.github.maskalign.cli.visualize;

import io.github.maskalign.cli.Command;
import io.github.maskalign.tensor.error.ArgumentException;
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

/** {@code maskalign attention}: visualizes attention maps. */
@CommandLine.Command(
    name = "attention",
    sortOptions = false,
    description =
        "Visualizes the attention of a network on an image: from the class token to the patches,"
            + " or, without a class token, the mean attention that each patch receives from all"
            + " tokens. Each map is scaled to its maximum.")
public final class AttentionCommand implements Command {

  private static final String ALL = "all";
  private static final String MEAN = "mean";
  private static final int COLUMNS = 4;

  @Parameters(
      paramLabel = "IMAGE",
      description =
          "Image file, or DATA:INDEX for an image of a data set, such as fashion-mnist:18.")
  private String image;

  @Mixin private VisualizeOptions options;

  @Option(
      names = "--block",
      paramLabel = "N|all",
      defaultValue = "-1",
      description =
          "Transformer block, counted from 0, or from -1 for the last, or all (default:"
              + " ${DEFAULT-VALUE}).")
  private String block;

  @Option(
      names = "--head",
      paramLabel = "N|mean|all",
      defaultValue = ALL,
      description = "Attention head, counted from 0, mean or all (default: ${DEFAULT-VALUE}).")
  private String head;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "attention.png",
      description = "PNG file to write (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Spec private CommandSpec spec;

  /** For the service loader. */
  public AttentionCommand() {}

  @Override
  public Integer call() {
    ImageArgument word = ImageArgument.open(image);
    options.forward(lens -> draw(lens, word));
    return 0;
  }

  private void draw(PatchInsight lens, ImageArgument word) {
    List<Integer> blocks = blocks(lens);
    int heads = lens.config().blocks().heads();
    PatchPicture canvas = new PatchPicture(lens.view(word.picture()), lens.config().grid());
    ContactSheet sheet =
        new ContactSheet(blocks.size() > 1 && head.equals(ALL) ? heads + 1 : COLUMNS);
    if (blocks.size() == 1) {
      sheet.add(canvas.plain(), word.name());
    }
    for (int block : blocks) {
      add(sheet, canvas, lens.attention(word.picture(), block), block);
    }
    sheet.write(out);
    spec.commandLine()
        .getOut()
        .printf(
            "%s: attention of %s in %s of %d, %d heads; captions show the maximum of each map%n",
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
      throw new ArgumentException("--block: expected a number or all, got '" + block + "'", e);
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
      // Reported below.
    }
    throw new ArgumentException(
        "--head: expected 0 to %2$d, mean or all, got '%1$s'".formatted(head, heads - 1));
  }
}
