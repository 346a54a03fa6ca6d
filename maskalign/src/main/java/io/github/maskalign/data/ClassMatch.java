package io.github.maskalign.data;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.Printable;
import io.github.maskalign.vit.labels.ClassNames;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A labeled set with the class numbers of another set or of a classifier. Classes are matched by
 * name, never by position. Names that are numbers are matched by value: {@code 01} is {@code 1},
 * unless one of the two has classes of both names.
 *
 * @param set the same samples, labeled by the classes of the reference
 * @param absent classes of the reference that no sample has
 * @param numbering what the numbers mean by which the classes are named; empty if they are names
 * @since 0.1.0
 */
public record ClassMatch(Dataset set, List<String> absent, String numbering) {
  private static final int LISTED = 8;
  private static final int UNKNOWN = -1;

  /**
   * Matches the classes of a set with those of a reference.
   *
   * @param set has labels
   * @param name of the set, for messages
   * @param classes of the reference, by number
   * @param reference name of the reference, for messages
   * @throws ArgumentException if a sample has a class that the reference lacks
   */
  public static ClassMatch of(Dataset set, String name, List<String> classes, String reference) {
    int[] numbers = numbers(set.classNames(), classes);
    return of(set, name, numbers, classes, reference, hint(set.classNames(), classes));
  }

  /**
   * Matches the classes of a set with those of a classifier, as {@link ClassNames#find} does.
   *
   * @param set has labels
   * @param name of the set, for messages
   * @param classes of the classifier
   * @param reference name of the classifier, for messages
   * @throws ArgumentException if a sample has a class that the classifier lacks, or that could be
   *     several of its classes
   */
  public static ClassMatch of(Dataset set, String name, ClassNames classes, String reference) {
    List<String> own = set.classNames();
    int[] used = IntStream.of(set.labels()).distinct().sorted().toArray();
    List<String> words = IntStream.of(used).mapToObj(own::get).toList();
    int[] found = found(words, name, classes, reference);
    int[] numbers = new int[own.size()];
    Arrays.fill(numbers, UNKNOWN);
    for (int i = 0; i < used.length; i++) {
      numbers[used[i]] = found[i];
    }
    ClassMatch match =
        of(set, name, numbers, classes.names(), reference, hint(own, classes.names()));
    return new ClassMatch(match.set, match.absent, numbering(words, found, classes, reference));
  }

  /**
   * The numbers that a classifier gives to classes, as {@link ClassNames#find} finds them.
   *
   * @param name of the set that has the classes, for messages
   * @param reference name of the classifier, for messages
   * @throws ArgumentException if a class is unknown, or could be several
   */
  public static int[] numbers(
      List<String> words, String name, ClassNames classes, String reference) {
    int[] found = found(words, name, classes, reference);
    List<String> lacking =
        IntStream.range(0, found.length)
            .filter(i -> found[i] == UNKNOWN)
            .mapToObj(words::get)
            .toList();
    if (!lacking.isEmpty()) {
      throw unknown(name, lacking, reference, classes.names(), hint(words, classes.names()));
    }
    return found;
  }

  private static int[] found(
      List<String> words, String name, ClassNames classes, String reference) {
    int[] numbers = numbers(words, classes.names());
    if (words.equals(classes.names())) {
      return numbers;
    }
    List<OptionalInt> found;
    try {
      found = classes.find(words);
    } catch (ArgumentException e) {
      throw new ArgumentException(name + ": " + e.getMessage(), e);
    }
    Map<Integer, String> owners = new HashMap<>();
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = found.get(i).orElse(numbers[i]);
      String other = numbers[i] == UNKNOWN ? null : owners.put(numbers[i], words.get(i));
      if (other != null) {
        throw new ArgumentException(
            "%s: the classes %s and %s are both %s of %s; merge them"
                .formatted(
                    name,
                    Printable.line(other),
                    Printable.line(words.get(i)),
                    Printable.line(classes.name(numbers[i])),
                    reference));
      }
    }
    return numbers;
  }

  private static String numbering(
      List<String> words, int[] found, ClassNames classes, String reference) {
    for (int i = 0; i < found.length; i++) {
      if (isNumber(words.get(i)) && !isNumber(classes.name(found[i]))) {
        return "its classes are numbers of %s: %s is %s"
            .formatted(reference, words.get(i), classes.name(found[i]));
      }
    }
    return "";
  }

  private static ClassMatch of(
      Dataset set,
      String name,
      int[] numbers,
      List<String> classes,
      String reference,
      String hint) {
    List<String> own = set.classNames();
    boolean[] unknown = new boolean[own.size()];
    boolean[] absent = new boolean[classes.size()];
    Arrays.fill(absent, true);
    for (int label : set.labels()) {
      if (numbers[label] == UNKNOWN) {
        unknown[label] = true;
      } else {
        absent[numbers[label]] = false;
      }
    }
    List<String> lacking = chosen(own, unknown);
    if (!lacking.isEmpty()) {
      throw unknown(name, lacking, reference, classes, hint);
    }
    Dataset matched = own.equals(classes) ? set : new RelabeledDataset(set, numbers, classes);
    return new ClassMatch(matched, chosen(classes, absent), "");
  }

  private static ArgumentException unknown(
      String name, List<String> lacking, String reference, List<String> classes, String hint) {
    return new ArgumentException(
        "%s has the %s, unknown to %s, which has the %s%s"
            .formatted(name, listed(lacking), reference, listed(classes), hint));
  }

  /** One line about the absent classes; empty if there are none. */
  public String absence() {
    return absent.isEmpty() ? "" : "no images of the " + listed(absent);
  }

  /** What a user should know about the match, one line each. */
  public List<String> notes() {
    return Stream.of(numbering, absence()).filter(line -> !line.isEmpty()).toList();
  }

  /** The number that each class has in the reference. */
  private static int[] numbers(List<String> own, List<String> reference) {
    if (own.equals(reference)) {
      return IntStream.range(0, own.size()).toArray();
    }
    Map<String, Integer> byName = new HashMap<>();
    for (int i = 0; i < reference.size(); i++) {
      byName.put(reference.get(i), i);
    }
    Map<String, Integer> byValue = byValue(reference);
    Map<String, Integer> ownByValue = byValue(own);
    int[] numbers = new int[own.size()];
    for (int i = 0; i < numbers.length; i++) {
      String value = value(own.get(i));
      boolean single = ownByValue.getOrDefault(value, UNKNOWN) == i;
      int equal = single ? byValue.getOrDefault(value, UNKNOWN) : UNKNOWN;
      numbers[i] = byName.getOrDefault(own.get(i), equal);
    }
    return numbers;
  }

  /** The classes whose names are numbers; unknown if several names have one value. */
  private static Map<String, Integer> byValue(List<String> names) {
    Map<String, Integer> numbers = new HashMap<>();
    for (int i = 0; i < names.size(); i++) {
      if (isNumber(names.get(i))) {
        numbers.merge(value(names.get(i)), i, (_, _) -> UNKNOWN);
      }
    }
    return numbers;
  }

  private static boolean isNumber(String name) {
    return !name.isEmpty() && name.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static String value(String name) {
    int first = 0;
    while (first < name.length() - 1 && name.charAt(first) == '0') {
      first++;
    }
    return name.substring(first);
  }

  private static String hint(List<String> own, List<String> reference) {
    boolean numbered = own.stream().allMatch(ClassMatch::isNumber);
    return numbered == reference.stream().allMatch(ClassMatch::isNumber)
        ? ""
        : "; classes are matched by name, and names do not match numbers";
  }

  private static List<String> chosen(List<String> names, boolean[] chosen) {
    return IntStream.range(0, chosen.length).filter(i -> chosen[i]).mapToObj(names::get).toList();
  }

  private static String listed(List<String> names) {
    return (names.size() == 1 ? "class " : "classes ")
        + Printable.line(names, LISTED)
        + (names.size() > LISTED ? " (%,d)".formatted(names.size()) : "");
  }
}
