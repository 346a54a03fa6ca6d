package io.github.maskalign.data.sets;

import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.DatasetNotes.Reason;
import io.github.maskalign.data.file.IgnoredFiles;
import io.github.maskalign.data.file.PictureNames;
import io.github.maskalign.data.tar.TarShards;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.Quantity;
import io.github.maskalign.tensor.io.AbsentContent;
import io.github.maskalign.tensor.io.FileNames;
import io.github.maskalign.tensor.io.RegularFiles;
import io.github.maskalign.vit.image.PictureDecoder;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Opens data sets and detects their format; {@link Object#toString} of a set describes it in one
 * line.
 *
 * <ul>
 *   <li>a folder of pictures, or of one subfolder per class;
 *   <li>a list ({@code .txt} and others) of lines {@code path label}; {@code DATA/val} or {@code
 *       DATA/meta/val.txt} where there is such a list and a folder {@code DATA/val};
 *   <li>a tar archive, or a folder of them, with WebDataset's {@code .cls} labels or folders;
 *   <li>IDX files (MNIST) and CIFAR's binary files: the file, the folder, or {@code FOLDER/train}
 *       and {@code FOLDER/test}.
 * </ul>
 *
 * @since 0.1.0
 */
public final class DataSets {

  private static final String TAR = ".tar";
  private static final String BINARY = ".bin";
  private static final List<String> COMPRESSED =
      List.of(".tar.gz", ".tgz", ".tar.bz2", ".tar.xz", ".tar.zst", ".zip");
  private static final List<String> LISTS = List.of(".txt", ".lst", ".tsv", ".list");

  private static final Pattern RANGE = Pattern.compile("(.+)\\[(\\d{0,9}):(\\d{0,9})]");

  private final PictureDecoder decoder;

  private DataSets(PictureDecoder decoder) {
    this.decoder = decoder;
  }

  /**
   * Opens a set with the default decoder.
   *
   * @throws ArgumentException if there is no such file or folder, or it contains several splits
   * @throws FormatException if it contains no pictures or is damaged
   */
  public static Dataset open(Path path) {
    return open(path, PictureDecoder.open());
  }

  /**
   * Opens a set by its name on the command line: {@code fashion-mnist}, the test split that is part
   * of this library, {@code fashion-mnist-train}, or a path. A range of samples may follow, as in
   * {@code fashion-mnist[:8000]} or {@code photos[8000:10000]}.
   *
   * @throws ArgumentException if there is no such file or folder, or it contains several splits
   * @throws FormatException if it contains no pictures or is damaged
   */
  public static Dataset named(String name) {
    return named(name, PictureDecoder.open());
  }

  /** Opens a set by its name on the command line. */
  public static Dataset named(String name, PictureDecoder decoder) {
    Matcher range = RANGE.matcher(name);
    if (!range.matches() || exists(name)) {
      return whole(name, decoder);
    }
    Dataset set = whole(range.group(1), decoder);
    int from = bound(name, set, range.group(2), 0);
    int to = bound(name, set, range.group(3), set.size());
    if (from >= to) {
      throw new ArgumentException(name + ": the range of samples is empty");
    }
    return set.subset(from, to);
  }

  private static int bound(String name, Dataset set, String digits, int open) {
    long bound = digits.isEmpty() ? open : Long.parseLong(digits);
    if (bound > set.size()) {
      throw new ArgumentException(
          "%s: the data set has only %s".formatted(name, Quantity.of(set.size(), "sample")));
    }
    return (int) bound;
  }

  /** Where a path cannot contain a colon, as on Windows, a range is not one. */
  private static boolean exists(String path) {
    try {
      return Files.exists(Path.of(path));
    } catch (InvalidPathException e) {
      return false;
    }
  }

  private static Dataset whole(String name, PictureDecoder decoder) {
    return switch (name) {
      case "fashion-mnist" -> FashionMnist.testSplit();
      case "fashion-mnist-train" -> FashionMnist.trainSplit(FashionMnist.DEBIAN_FOLDER);
      default -> open(path(name), decoder);
    };
  }

  private static Path path(String name) {
    try {
      return Path.of(name);
    } catch (InvalidPathException e) {
      throw new ArgumentException("%s is not a valid path: %s".formatted(name, e.getReason()));
    }
  }

  /** Opens a set. */
  public static Dataset open(Path path, PictureDecoder decoder) {
    DataSets sets = new DataSets(decoder);
    Path whole = path.toAbsolutePath().normalize();
    try {
      if (Files.isDirectory(whole)) {
        return sets.folder(path, whole);
      }
      return Files.exists(whole) ? sets.file(path) : sets.split(path, whole);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Dataset folder(Path path, Path whole) throws IOException {
    if (whole.getFileName() != null) {
      String name = FileNames.text(whole.getFileName()) + SplitFolders.LIST;
      Path list = FileNames.resolve(whole.resolveSibling(SplitFolders.META), name);
      if (Files.exists(list)) {
        return Manifest.open(list, path, decoder);
      }
    }
    TreeSet<String> splits = SplitFolders.names(whole);
    if (!splits.isEmpty()) {
      String where = FileNames.text(path);
      throw new ArgumentException(
          "%s contains the splits %s; choose one of them, such as %s/%s"
              .formatted(where, String.join(", ", splits), where, splits.first()));
    }
    IgnoredFiles beside = new IgnoredFiles();
    List<Path> shards = shards(path, beside);
    if (!shards.isEmpty()) {
      String kind =
          "%s in %s".formatted(Quantity.of(shards.size(), "tar shard"), FileNames.text(path));
      return TarShards.open(shards, kind, beside, decoder);
    }
    return ImageFolder.open(path, decoder);
  }

  /** The tar archives of a folder, sorted by name; counts everything else. */
  private static List<Path> shards(Path folder, IgnoredFiles beside) throws IOException {
    List<Path> shards = new ArrayList<>();
    try (Stream<Path> all = Files.list(folder)) {
      for (Path path : all.sorted().toList()) {
        String name = FileNames.text(path.getFileName());
        Reason hidden = PictureNames.hidden(name);
        if (hidden != null) {
          beside.add(hidden, name);
        } else if (name.toLowerCase(Locale.ROOT).endsWith(TAR) && Files.isRegularFile(path)) {
          shards.add(path);
        } else {
          beside.add(Reason.BESIDE_ARCHIVES, name);
        }
      }
    }
    return shards;
  }

  /** A path such as FOLDER/train that is no folder: the split of a folder of IDX or CIFAR files. */
  private Dataset split(Path path, Path whole) throws IOException {
    Path folder = whole.getParent();
    if (folder != null && Files.isDirectory(folder)) {
      List<Path> found = SplitFolders.files(folder, FileNames.text(whole.getFileName()));
      if (!found.isEmpty()) {
        return IdxFiles.isPictures(found.getFirst())
            ? IdxFiles.open(found.getFirst())
            : cifar(found);
      }
    }
    throw new ArgumentException(FileNames.text(path) + ": no such file or folder");
  }

  private Dataset file(Path path) throws IOException {
    String where = FileNames.text(path);
    if (!Files.isRegularFile(path)) {
      throw new ArgumentException(
          "%s is a %s, not a data set".formatted(where, RegularFiles.kind(path)));
    }
    String name = where.toLowerCase(Locale.ROOT);
    if (COMPRESSED.stream().anyMatch(name::endsWith)) {
      throw new ArgumentException(
          where
              + " is compressed, so its images cannot be accessed at random: unpack it into a"
              + " folder (or decompress it to a plain .tar), and use that");
    }
    AbsentContent.refuse(path);
    if (name.endsWith(TAR)) {
      return TarShards.open(List.of(path), "tar archive " + where, new IgnoredFiles(), decoder);
    }
    if (name.endsWith(BINARY)) {
      return cifar(List.of(path));
    }
    if (LISTS.stream().anyMatch(name::endsWith)) {
      return Manifest.open(path, listed(path.toAbsolutePath().normalize()), decoder);
    }
    if (IdxFiles.isPictures(path) || startsAsIdx(path)) {
      return IdxFiles.open(path);
    }
    throw new FormatException(
        where
            + " is not a known data set: expected a folder, a list "
            + String.join(", ", LISTS)
            + ", a .tar, an IDX file, or a .bin file of CIFAR");
  }

  private static Dataset cifar(List<Path> files) throws IOException {
    for (Path file : files) {
      AbsentContent.refuse(file);
    }
    CifarFiles kind = CifarFiles.fitting(Files.size(files.getFirst()));
    if (kind == null) {
      throw new FormatException(
          FileNames.text(files.getFirst())
              + ": its size fits neither CIFAR-10 nor CIFAR-100; copy it again");
    }
    return kind.read(files);
  }

  /** The folder that a list's paths start from: its own, or DATA/val for DATA/meta/val.txt. */
  private static Path listed(Path list) {
    Path folder = list.getParent();
    String name = FileNames.text(list.getFileName());
    if (folder.endsWith(SplitFolders.META) && folder.getParent() != null) {
      Path split = FileNames.resolve(folder.getParent(), name.substring(0, name.lastIndexOf('.')));
      return Files.isDirectory(split) ? split : folder;
    }
    return folder;
  }

  private static boolean startsAsIdx(Path path) throws IOException {
    try (InputStream in = RegularFiles.newInputStream(path)) {
      byte[] start = in.readNBytes(4);
      return start.length == 4 && start[0] == 0 && start[1] == 0 && start[2] == 8;
    }
  }
}
