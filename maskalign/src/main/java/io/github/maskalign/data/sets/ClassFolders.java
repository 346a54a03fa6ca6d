package io.github.maskalign.data.sets;

import io.github.maskalign.tensor.error.FormatException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Classes by the first folder in each picture's path. */
final class ClassFolders {

  private static final Set<String> SPLITS =
      Set.of("train", "training", "val", "valid", "validation", "test", "testing");

  private ClassFolders() {}

  /**
   * The classes, in the order of their names.
   *
   * @param paths with slashes, relative to where the class folders lie
   * @param empty folders without pictures, which count as classes too: else the numbers of two
   *     splits would differ
   * @param where for messages
   * @return none if a picture lies in no folder
   * @throws FormatException if the folders are splits and not classes
   */
  static ClassLabels of(List<String> paths, List<String> empty, String where) {
    TreeSet<String> folders = new TreeSet<>(empty);
    for (String path : paths) {
      int slash = path.indexOf('/');
      if (slash < 0) {
        return ClassLabels.none();
      }
      folders.add(path.substring(0, slash));
    }
    requireClasses(folders, where);
    List<String> names = new ArrayList<>(folders);
    Map<String, Integer> numbers = new HashMap<>();
    names.forEach(name -> numbers.put(name, numbers.size()));
    int[] labels = new int[paths.size()];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = numbers.get(paths.get(i).substring(0, paths.get(i).indexOf('/')));
    }
    return new ClassLabels(labels, names);
  }

  private static void requireClasses(Set<String> folders, String where) {
    if (!folders.isEmpty()
        && folders.stream().allMatch(name -> SPLITS.contains(name.toLowerCase(Locale.ROOT)))) {
      throw new FormatException(
          "%s holds the splits %s, not classes; name one of them, such as %s/%s"
              .formatted(where, String.join(", ", folders), where, folders.iterator().next()));
    }
  }
}
