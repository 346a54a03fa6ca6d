package io.github.maskalign.cli.visualize;

import io.github.maskalign.cli.Command;
import io.github.maskalign.tensor.error.Quantity;
import io.github.maskalign.vit.image.Picture;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code maskalign patches}: visualizes patch features by PCA. */
@CommandLine.Command(
    name = "patches",
    sortOptions = false,
    description =
        "Visualizes patch features by PCA: maps the first three principal components of the patch"
            + " tokens of all images to red, green and blue. Patches of similar color have similar"
            + " features.")
public final class PatchesCommand implements Command {

  private static final int COLUMNS = 4;

  @Parameters(
      paramLabel = "IMAGE",
      arity = "1..*",
      description =
          "Image files, or DATA:INDEX for images of a data set, such as fashion-mnist:18.")
  private List<String> pictures;

  @Mixin private VisualizeOptions options;

  @Option(
      names = "--block",
      paramLabel = "N",
      defaultValue = "-1",
      description =
          "Transformer block, counted from 0, or from -1 for the last (default: ${DEFAULT-VALUE}).")
  private int block;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "patches.png",
      description = "PNG file to write (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Spec private CommandSpec spec;

  /** For the service loader. */
  public PatchesCommand() {}

  @Override
  public Integer call() {
    List<ImageArgument> words = pictures.stream().map(ImageArgument::open).toList();
    options.forward(lens -> draw(lens, words));
    return 0;
  }

  private void draw(PatchInsight lens, List<ImageArgument> words) {
    int number = VisualizeOptions.block(lens, block);
    int patches = lens.config().patches();
    List<float[][]> tokens = new ArrayList<>();
    for (ImageArgument each : words) {
      tokens.add(lens.patches(each.picture(), number));
    }
    float[][] all = tokens.stream().flatMap(Arrays::stream).toArray(float[][]::new);
    PrincipalColors colors = new PrincipalColors(all);
    ContactSheet sheet = new ContactSheet(COLUMNS);
    for (int i = 0; i < words.size(); i++) {
      Picture view = lens.view(words.get(i).picture());
      PatchPicture canvas = new PatchPicture(view, lens.config().grid());
      sheet.add(canvas.plain(), words.get(i).name());
      sheet.add(canvas.colored(colors.colors(tokens.get(i))), "block " + number);
    }
    sheet.write(out);
    spec.commandLine()
        .getOut()
        .printf("%s: block %d, %s per image%n", out, number, Quantity.of(patches, "patch"));
  }
}
