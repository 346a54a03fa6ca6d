package io.github.maskalign.data.sets;

import io.github.maskalign.data.MemoryDataset;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.image.ChannelStats;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Fashion-MNIST: gray pictures of 28 x 28 pixels in 10 classes of clothing (Xiao, Rasul and
 * Vollgraf, arXiv 1708.07747; MIT license). The test split is part of this library.
 *
 * @since 0.1.0
 */
public final class FashionMnist {

  /** The folder of Debian's package. */
  public static final Path DEBIAN_FOLDER = Path.of("/usr/share/datasets/fashion-mnist");

  /** Mean and standard deviation of the train split's pixels. */
  public static final ChannelStats STATS =
      new ChannelStats(new double[] {0.2860}, new double[] {0.3530});

  private static final String EMBEDDED = "fashion-mnist/";
  private static final String TEST = "t10k";
  private static final String TRAIN = "train";

  private static final List<String> CLASSES =
      List.of(
          "T-shirt/top",
          "trouser",
          "pullover",
          "dress",
          "coat",
          "sandal",
          "shirt",
          "sneaker",
          "bag",
          "ankle boot");

  private FashionMnist() {}

  /** The 10,000 pictures of the test split, which this library contains. */
  public static MemoryDataset testSplit() {
    return join(embedded(images(TEST)), embedded(labels(TEST)), TEST);
  }

  /**
   * The 60,000 pictures of the train split.
   *
   * @param folder contains the published files, for instance {@link #DEBIAN_FOLDER}
   * @throws ArgumentException if they are not there, saying how to get them
   * @throws FormatException if they are damaged
   */
  public static MemoryDataset trainSplit(Path folder) {
    return join(file(folder, images(TRAIN)), file(folder, labels(TRAIN)), TRAIN);
  }

  private static String images(String split) {
    return split + "-images-idx3-ubyte.gz";
  }

  private static String labels(String split) {
    return split + "-labels-idx1-ubyte.gz";
  }

  private static IdxFile embedded(String name) {
    try (InputStream in = FashionMnist.class.getResourceAsStream(EMBEDDED + name)) {
      if (in == null) {
        throw new IllegalStateException("this build lacks its resource " + EMBEDDED + name);
      }
      byte[] file = in.readAllBytes();
      return IdxFile.read(new ByteArrayInputStream(file), file.length, name);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the embedded " + name, e);
    }
  }

  private static IdxFile file(Path folder, String name) {
    Path path = folder.resolve(name);
    if (!Files.exists(path)) {
      throw new ArgumentException(
          "no file "
              + path
              + ": install Debian's package dataset-fashion-mnist, or give the folder with"
              + " the files of https://github.com/zalandoresearch/fashion-mnist");
    }
    return IdxFile.read(path);
  }

  private static MemoryDataset join(IdxFile images, IdxFile labels, String split) {
    if (images.shape().rank() != 3
        || labels.shape().rank() != 1
        || images.shape().dim(0) != labels.shape().dim(0)) {
      throw new FormatException(
          "Fashion-MNIST %s: images of shape %s and labels of shape %s do not belong together"
              .formatted(split, images.shape(), labels.shape()));
    }
    return MemoryDataset.labeled(
        images.values(),
        1,
        images.shape().dim(1),
        images.shape().dim(2),
        toInts(labels.values()),
        CLASSES);
  }

  private static int[] toInts(byte[] labels) {
    int[] numbers = new int[labels.length];
    Arrays.setAll(numbers, i -> labels[i] & 0xff);
    return numbers;
  }
}
