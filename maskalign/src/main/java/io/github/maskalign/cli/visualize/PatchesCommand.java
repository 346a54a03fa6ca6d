package io.github.maskalign.cli.visualize;

import io.github.maskalign.cli.Command;
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

/** {@code maskalign patches}: what a network holds alike. */
@CommandLine.Command(
    name = "patches",
    sortOptions = false,
    description =
        "Draws patches in colors that tell how alike a network finds them: the first three"
            + " principal components of the patch tokens of all the pictures together, as red,"
            + " green and blue.")
public final class PatchesCommand implements Command {

  private static final int COLUMNS = 4;

  @Parameters(
      paramLabel = "PICTURE",
      arity = "1..*",
      description = "Files, or some of a data set by their numbers: fashion-mnist:18.")
  private List<String> pictures;

  @Mixin private VisualizeOptions options;

  @Option(
      names = "--block",
      paramLabel = "N",
      defaultValue = "-1",
      description = "Counted from 0, or from the last, which is -1 (default: ${DEFAULT-VALUE}).")
  private int block;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      defaultValue = "patches.png",
      description = "The PNG to write (default: ${DEFAULT-VALUE}).")
  private Path out;

  @Spec private CommandSpec spec;

  /** For the service loader. */
  public PatchesCommand() {}

  @Override
  public Integer call() {
    List<PictureArgument> words = pictures.stream().map(PictureArgument::open).toList();
    options.forward(
        lens -> draw(lens, words, words.stream().map(each -> lens.view(each.picture())).toList()));
    return 0;
  }

  private void draw(PatchInsight lens, List<PictureArgument> words, List<Picture> views) {
    int number = VisualizeOptions.block(lens, block);
    int patches = lens.config().patches();
    List<float[][]> tokens = new ArrayList<>();
    for (Picture view : views) {
      tokens.add(lens.patches(view, number));
    }
    float[][] all = tokens.stream().flatMap(Arrays::stream).toArray(float[][]::new);
    PrincipalColors colors = new PrincipalColors(all);
    ContactSheet sheet = new ContactSheet(COLUMNS);
    for (int i = 0; i < views.size(); i++) {
      PatchPicture canvas = new PatchPicture(views.get(i), lens.config().grid());
      sheet.add(canvas.plain(), words.get(i).name());
      sheet.add(canvas.colored(colors.colors(tokens.get(i))), "block " + number);
    }
    sheet.write(out);
    spec.commandLine()
        .getOut()
        .printf("%s: block %d, %d patches a picture%n", out, number, patches);
  }
}
