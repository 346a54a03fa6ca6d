package examples;

import io.github.maskalign.cli.Command;
import io.github.maskalign.data.MemoryDataset;
import io.github.maskalign.data.sets.FashionMnist;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.Quantity;
import io.github.maskalign.vit.image.Picture;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes embedded images to a folder, as input for the other examples. */
@CommandLine.Command(
    name = "demo-pictures",
    description = "Writes sample images of clothes to a folder, in one subfolder per class.")
public final class DemoPictures implements Command {

  @Parameters(paramLabel = "DIR", description = "Folder to write; created if it does not exist.")
  private Path folder;

  @Option(
      names = "--count",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Number of images, at most 10,000 (default: ${DEFAULT-VALUE}).")
  private int count;

  @Spec private CommandSpec spec;

  /** For the service loader. */
  public DemoPictures() {}

  @Override
  public Integer call() throws IOException {
    write(folder, count);
    spec.commandLine()
        .getOut()
        .printf("%s: %s of Fashion-MNIST%n", folder, Quantity.of(count, "image"));
    return 0;
  }

  static void write(Path folder, int count) throws IOException {
    MemoryDataset pictures = FashionMnist.testSplit();
    if (count < 1 || count > pictures.size()) {
      throw new ArgumentException("--count: expected 1 to " + pictures.size());
    }
    for (int i = 0; i < count; i++) {
      String name = pictures.classNames().get(pictures.label(i)).replaceAll("[^A-Za-z]+", "-");
      Path classFolder = Files.createDirectories(folder.resolve(name));
      Path file = classFolder.resolve("%05d.png".formatted(i));
      ImageIO.write(image(pictures.picture(i)), "png", file.toFile());
    }
  }

  /** The image as Java's image writers take it. */
  static BufferedImage image(Picture picture) {
    Picture colors = picture.rgb();
    BufferedImage image =
        new BufferedImage(colors.width(), colors.height(), BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < colors.height(); y++) {
      for (int x = 0; x < colors.width(); x++) {
        image.setRGB(x, y, colors.at(0, y, x) << 16 | colors.at(1, y, x) << 8 | colors.at(2, y, x));
      }
    }
    return image;
  }
}
