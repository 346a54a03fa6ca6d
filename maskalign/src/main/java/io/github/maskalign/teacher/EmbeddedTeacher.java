package io.github.maskalign.teacher;

import io.github.maskalign.TeacherId;
import io.github.maskalign.data.sets.FashionMnist;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.io.PrivateFolder;
import io.github.maskalign.vit.Grid;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.weights.NetworkFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The teacher that is part of this library: a ViT of width 96, 6 blocks and 3 heads on gray images
 * of 28 x 28 pixels in patches of 4 x 4, trained with labels on Fashion-MNIST's train split. It
 * stands in for CLIP where training has to finish in a minute.
 *
 * @since 0.1.0
 */
public final class EmbeddedTeacher {

  /** Its name, as in {@code --teacher tiny}. */
  public static final String NAME = "tiny";

  private static final String RESOURCE = "tiny-teacher.safetensors";
  private static final String DESCRIPTION = "tiny ViT, supervised on Fashion-MNIST's train split";
  private static final String LICENSE = "Apache-2.0";

  private EmbeddedTeacher() {}

  /** Loads it for students that see images as it does; the scope owns the weights. */
  public static ViTTeacher load(Scope scope) {
    return load(scope, config().grid(), FashionMnist.STATS);
  }

  /**
   * Loads it for students that see other images, gray or color.
   *
   * @param scope owns the weights
   * @param grid of the student's patches
   * @param students mean and standard deviation by which their pixels are normalized
   */
  public static ViTTeacher load(Scope scope, Grid grid, ChannelStats students) {
    try (PrivateFolder folder = privateFolder()) {
      Path file = unpackTo(folder);
      try (NetworkFile weights = NetworkFile.open(file)) {
        TeacherId id = TeacherId.of(DESCRIPTION, file, LICENSE);
        ViTConfig fitted = weights.config().withGrid(grid);
        return ViTTeacher.load(scope, id, weights.withConfig(fitted), students, FashionMnist.STATS);
      }
    }
  }

  /** Its network. */
  public static ViTConfig config() {
    try (PrivateFolder folder = privateFolder();
        NetworkFile weights = NetworkFile.open(unpackTo(folder))) {
      return weights.config();
    }
  }

  /** Its weights as a file of their own, which is deleted when the process ends. */
  public static Path file() {
    return unpackTo(privateFolder());
  }

  private static PrivateFolder privateFolder() {
    try {
      return PrivateFolder.create();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot unpack the embedded teacher: " + e.getMessage(), e);
    }
  }

  private static Path unpackTo(PrivateFolder folder) {
    Path file = folder.path().resolve(RESOURCE);
    copyTo(file);
    return file;
  }

  /** Writes its weights to a file, which may exist. */
  public static void copyTo(Path file) {
    try (InputStream in = EmbeddedTeacher.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("this build lacks its resource " + RESOURCE);
      }
      Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot unpack the embedded teacher to " + file, e);
    }
  }
}
