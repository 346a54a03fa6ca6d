package io.github.maskalign.data.sets;

import io.github.maskalign.data.DatasetNotes;
import io.github.maskalign.data.MemoryDataset;
import io.github.maskalign.data.file.ClassLabels;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.io.FileNames;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Gray pictures in IDX files, as in MNIST: {@code PREFIX-images-idx3-ubyte}, and labels, if there
 * are any, in {@code PREFIX-labels-idx1-ubyte} next to it, each plain or gzip. Where copies of
 * these data sets are offered, some names have dots instead of dashes.
 */
final class IdxFiles {

  private static final Pattern NAME =
      Pattern.compile(
          "(?i)(?<prefix>[^.].*?)?(?<content>images|labels)(?<form>[-._]idx(?<axes>[13])([-._]ubyte)?)(?<gz>\\.gz)?");

  private static final int AXES = 3;

  private IdxFiles() {}

  /** The parts of a file's name; null if it is not the name of such a file. */
  private static @Nullable Matcher name(Path file, boolean pictures) {
    Matcher name = NAME.matcher(FileNames.text(file.getFileName()));
    boolean matches =
        name.matches()
            && name.group("content").equalsIgnoreCase("images") == pictures
            && name.group("axes").equals(pictures ? "3" : "1");
    return matches ? name : null;
  }

  private static String prefix(Matcher name) {
    String prefix = name.group("prefix");
    return prefix == null ? "" : prefix.toLowerCase(Locale.ROOT);
  }

  /** Whether a file name is that of a file of pictures. */
  static boolean isPictures(Path file) {
    return name(file, true) != null;
  }

  /** What comes before the word images in the name of a file of pictures, in lower case. */
  static String prefix(Path pictures) {
    Matcher name = name(pictures, true);
    return name == null ? "" : prefix(name);
  }

  /**
   * Reads pictures {@code [N, H, W]}, and their labels.
   *
   * @throws FormatException if a file is damaged, or they do not belong together
   */
  static MemoryDataset open(Path file) {
    IdxFile pictures = IdxFile.read(file);
    requirePictures(pictures.shape(), FileNames.text(file));
    Optional<Path> labels = labels(file);
    MemoryDataset set =
        labels.isPresent()
            ? labeled(pictures, labels.get())
            : MemoryDataset.of(
                pictures.values(), 1, pictures.shape().dim(1), pictures.shape().dim(2));
    return set.withOrigin("IDX file " + FileNames.text(file))
        .withNotes(new DatasetNotes(List.of(), labels.isPresent() ? "" : missingLabels(file)));
  }

  private static void requirePictures(Shape shape, String file) {
    if (shape.rank() != AXES) {
      throw new FormatException("%s: shape %s; images are [N, H, W]".formatted(file, shape));
    }
    if (shape.size() == 0) {
      throw new FormatException("%s: shape %s contains no images".formatted(file, shape));
    }
  }

  /** The labels beside pictures, of all files with a fitting name that with the most alike one. */
  private static Optional<Path> labels(Path pictures) {
    Matcher wanted = name(pictures, true);
    if (wanted == null) {
      return Optional.empty();
    }
    try (Stream<Path> all = Files.list(pictures.toAbsolutePath().getParent())) {
      return all.filter(
              file -> {
                Matcher name = name(file, false);
                return name != null && prefix(name).equals(prefix(wanted));
              })
          .sorted(
              Comparator.comparingInt((Path file) -> difference(file, wanted))
                  .thenComparing(Comparator.naturalOrder()))
          .findFirst();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int difference(Path labels, Matcher pictures) {
    Matcher name = name(labels, false);
    boolean form = name.group("form").replace('1', '3').equalsIgnoreCase(pictures.group("form"));
    boolean packed = (name.group("gz") == null) == (pictures.group("gz") == null);
    return (form ? 0 : 2) + (packed ? 0 : 1);
  }

  private static String missingLabels(Path file) {
    Matcher name = name(file, true);
    return name == null
        ? "labels are found only for files named like train-images-idx3-ubyte"
        : "there is no file %slabels%s beside the images"
            .formatted(
                name.group("prefix") == null ? "" : name.group("prefix"),
                name.group("form").replace('3', '1'));
  }

  private static MemoryDataset labeled(IdxFile pictures, Path file) {
    IdxFile labels = IdxFile.read(file);
    Shape shape = pictures.shape();
    if (labels.shape().rank() != 1 || labels.shape().dim(0) != shape.dim(0)) {
      throw new FormatException(
          "%s: labels of shape %s for images of shape %s"
              .formatted(FileNames.text(file), labels.shape(), shape));
    }
    int[] numbers = new int[labels.values().length];
    Arrays.setAll(numbers, i -> labels.values()[i] & 0xff);
    return MemoryDataset.labeled(
        pictures.values(),
        1,
        shape.dim(1),
        shape.dim(2),
        numbers,
        ClassLabels.numbered(numbers).names());
  }
}
