package io.github.maskalign.data.sets;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.io.FileNames;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Folders that contain the files of several splits: IDX, CIFAR, or the official code's lists. */
final class SplitFolders {
  static final String META = "meta";
  static final String LIST = ".txt";
  private static final String TRAIN = "train";
  private static final String TEST = "test";

  private static final Set<String> TEST_WORDS = Set.of("t10k", TEST, "val", "valid");

  private SplitFolders() {}

  /** Names of the splits in a folder of IDX or CIFAR files or lists; none in any other. */
  static TreeSet<String> names(Path folder) throws IOException {
    TreeSet<String> splits = new TreeSet<>();
    for (String split : List.of(TRAIN, TEST)) {
      if (!idx(folder, split).isEmpty() || !cifar(folder, split).isEmpty()) {
        splits.add(split);
      }
    }
    Path meta = folder.resolve(META);
    if (Files.isDirectory(meta)) {
      for (Path list : files(meta, name -> name.endsWith(LIST))) {
        String name = FileNames.text(list.getFileName());
        String split = name.substring(0, name.length() - LIST.length());
        if (Files.isDirectory(FileNames.resolve(folder, split))) {
          splits.add(split);
        }
      }
    }
    return splits;
  }

  /**
   * Files of a split in a folder: one IDX file or CIFAR's files; empty if there are none.
   *
   * @throws ArgumentException if there are several IDX files of the split
   */
  static List<Path> files(Path folder, String split) throws IOException {
    String name = split.equals("val") ? TEST : split;
    Map<String, List<Path>> idx = idx(folder, name);
    if (idx.size() > 1) {
      throw new ArgumentException(
          "%s contains several IDX files of the split %s: %s; choose one of them"
              .formatted(
                  FileNames.text(folder),
                  split,
                  idx.values().stream()
                      .map(files -> FileNames.text(files.getFirst().getFileName()))
                      .collect(Collectors.joining(", "))));
    }
    return idx.isEmpty() ? cifar(folder, name) : idx.values().iterator().next().subList(0, 1);
  }

  /** IDX files of pictures by the first part of their name; several are the same, compressed. */
  private static Map<String, List<Path>> idx(Path folder, String split) throws IOException {
    Map<String, List<Path>> found = new TreeMap<>();
    for (Path file : files(folder, _ -> true)) {
      if (IdxFiles.isPictures(file)) {
        String prefix = IdxFiles.prefix(file);
        Set<String> words = Set.copyOf(Arrays.asList(prefix.split("[-._ ]+")));
        boolean test = words.stream().anyMatch(TEST_WORDS::contains);
        if (split.equals(TRAIN) ? words.contains(TRAIN) : split.equals(TEST) && test) {
          found.computeIfAbsent(prefix, _ -> new ArrayList<>()).add(file);
        }
      }
    }
    return found;
  }

  private static List<Path> cifar(Path folder, String split) throws IOException {
    return switch (split) {
      case TRAIN -> files(folder, name -> name.matches("train\\.bin|data_batch_[0-9]+\\.bin"));
      case TEST -> files(folder, name -> name.matches("test\\.bin|test_batch\\.bin"));
      default -> List.of();
    };
  }

  /** The regular files of a folder, sorted by name. */
  private static List<Path> files(Path folder, Predicate<String> named) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.filter(path -> named.test(path.getFileName().toString()))
          .filter(Files::isRegularFile)
          .sorted()
          .toList();
    }
  }
}
