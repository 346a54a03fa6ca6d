package io.github.maskalign.data.file;

import io.github.maskalign.tensor.error.FormatException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/**
 * Classes by the first folder in each picture's path.
 *
 * @param labels none if a picture is not in a folder
 * @param unlabeled why there are none although some pictures are in folders; empty otherwise
 */
public record ClassFolders(ClassLabels labels, String unlabeled) {

  private static final Pattern TRAINING = split("train(ing)?");
  private static final Pattern EVALUATION = split("val|valid|validation|dev|test|testing|eval");

  /** A name of a split, such as {@code train}, {@code val2017} and {@code Test_set}. */
  private static Pattern split(String words) {
    return Pattern.compile(
        "(%s)([-_ ]?(set|split|data|images|imgs))?[-_ ]?((19|20)[0-9]{2})?".formatted(words));
  }

  /**
   * The classes, in the order of their names.
   *
   * @param paths with slashes, relative to the parent of the class folders
   * @param empty folders without pictures, which are classes too
   * @param where location, for messages
   * @param remedy what to do if the folders are splits, given the first of them
   * @throws FormatException if the folders are splits and not classes
   */
  public static ClassFolders of(
      List<String> paths, List<String> empty, String where, UnaryOperator<String> remedy) {
    TreeSet<String> folders = new TreeSet<>();
    List<String> outside = new ArrayList<>();
    for (String path : paths) {
      int slash = path.indexOf('/');
      if (slash < 0) {
        outside.add(path);
      } else {
        folders.add(path.substring(0, slash));
      }
    }
    requireClasses(folders, where, remedy);
    if (!outside.isEmpty()) {
      return new ClassFolders(ClassLabels.none(), folders.isEmpty() ? "" : reason(outside, where));
    }
    folders.addAll(empty);
    List<String> names = new ArrayList<>(folders);
    Map<String, Integer> numbers = new HashMap<>();
    names.forEach(name -> numbers.put(name, numbers.size()));
    int[] labels = new int[paths.size()];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = numbers.get(paths.get(i).substring(0, paths.get(i).indexOf('/')));
    }
    return new ClassFolders(new ClassLabels(labels, names), "");
  }

  private static String reason(List<String> outside, String where) {
    return "%s%s in %s itself and not in a class folder; move or remove %s to have the subfolders as classes"
        .formatted(
            outside.getFirst(),
            outside.size() == 1 ? " is" : " and %,d more are".formatted(outside.size() - 1),
            where,
            outside.size() == 1 ? "it" : "them");
  }

  /**
   * A folder named like a split may be a class, such as trains beside cars; but not the only one,
   * and not beside another split.
   */
  private static void requireClasses(
      Set<String> folders, String where, UnaryOperator<String> remedy) {
    List<String> training = folders.stream().filter(name -> isNamed(name, TRAINING)).toList();
    List<String> evaluation = folders.stream().filter(name -> isNamed(name, EVALUATION)).toList();
    boolean all = training.size() + evaluation.size() == folders.size();
    if (!folders.isEmpty() && (all || !training.isEmpty() && !evaluation.isEmpty())) {
      List<String> splits = new ArrayList<>(training);
      splits.addAll(evaluation);
      throw new FormatException(
          "%s contains the splits %s, not classes; %s"
              .formatted(where, String.join(", ", splits), remedy.apply(splits.getFirst())));
    }
  }

  private static boolean isNamed(String folder, Pattern split) {
    return split.matcher(folder.toLowerCase(Locale.ROOT)).matches();
  }
}
