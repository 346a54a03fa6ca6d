package io.github.maskalign.vectors.uses;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import javax.imageio.ImageIO;

/** Labeled images of different shapes, in a folder per class. */
final class Pictures {

  private static final List<String> CLASSES = List.of("cat", "dog");
  private static final int[][] SIZES = {{44, 60}, {60, 44}, {32, 32}, {96, 40}, {30, 71}, {24, 40}};

  private Pictures() {}

  /** Writes the images; returns the folder. */
  static Path write(Path folder) throws IOException {
    Random random = new Random(1);
    for (String each : CLASSES) {
      Path of = Files.createDirectories(folder.resolve(each));
      for (int i = 0; i < SIZES.length; i++) {
        ImageIO.write(image(random, SIZES[i]), "png", of.resolve(i + ".png").toFile());
      }
    }
    return folder;
  }

  private static BufferedImage image(Random random, int[] size) {
    BufferedImage image = new BufferedImage(size[1], size[0], BufferedImage.TYPE_INT_RGB);
    int[] colors = random.ints(100).toArray();
    for (int y = 0; y < size[0]; y++) {
      for (int x = 0; x < size[1]; x++) {
        image.setRGB(x, y, colors[y / 10 * 10 + x / 10]);
      }
    }
    return image;
  }

  /** An image that is wider than tall. */
  static Path first(Path folder) {
    return folder.resolve(CLASSES.getFirst()).resolve("0.png");
  }

  /** An image that is taller than wide. */
  static Path second(Path folder) {
    return folder.resolve(CLASSES.getFirst()).resolve("3.png");
  }
}
