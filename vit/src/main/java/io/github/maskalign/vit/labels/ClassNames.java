package io.github.maskalign.vit.labels;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.Printable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * The names of a classifier's classes, by number.
 *
 * @param names may contain a name twice, as ImageNet's do
 * @param numbered whether the numbers mean something outside the classifier too, as those of {@code
 *     id2label} and of ImageNet do; the numbers of sorted class folders do not
 * @since 0.1.0
 */
public record ClassNames(List<String> names, boolean numbered) {

  private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

  /** Keeps its own copy. */
  public ClassNames {
    names = List.copyOf(names);
  }

  /** The classes of ImageNet-1k. */
  public static ClassNames imageNet() {
    return new ClassNames(ImageNet.names(), true);
  }

  /** Classes without names, which are called by their numbers. */
  public static ClassNames numbers(int count) {
    return new ClassNames(IntStream.range(0, count).mapToObj(Integer::toString).toList(), true);
  }

  /** Number of classes. */
  public int size() {
    return names.size();
  }

  /** The name of a class. */
  public String name(int number) {
    return names.get(number);
  }

  /**
   * The classes that others call by these names, by number; empty for those that are unknown. A
   * name matches, in this order: the name itself; the WordNet synset of a class, or its ImageNet
   * name if the classifier calls it by its synset; the name or the first of several names separated
   * by commas, without regard to case, hyphens and underscores; where classes are {@link #numbered}
   * and not named by numbers, the number.
   *
   * @throws ArgumentException if a name fits several classes
   */
  public List<OptionalInt> find(List<String> others) {
    Index exact = Index.of(names);
    Index loose = Index.of(names.stream().map(ClassNames::loose).toList());
    Index first = Index.of(names.stream().map(name -> loose(firstName(name))).toList());
    Index synsets = Index.of(synsets());
    boolean byNumber = numbered && names.stream().noneMatch(name -> NUMBER.matcher(name).matches());
    List<OptionalInt> found = new ArrayList<>();
    for (String other : others) {
      String synset = synset(other, -1);
      OptionalInt number = exact.find(other, this);
      number = number.isPresent() || synset.isEmpty() ? number : synsets.find(synset, this);
      number = number.isPresent() ? number : loose.find(loose(other), this);
      number = number.isPresent() ? number : first.find(loose(other), this);
      found.add(number.isPresent() || !byNumber ? number : number(other));
    }
    return List.copyOf(found);
  }

  private OptionalInt number(String other) {
    int number = NUMBER.matcher(other).matches() ? Integer.parseInt(other) : -1;
    return number >= 0 && number < size() ? OptionalInt.of(number) : OptionalInt.empty();
  }

  /** The synset of each class; empty text if it is not known. */
  private List<String> synsets() {
    boolean imageNet = size() == ImageNet.SIZE;
    return IntStream.range(0, size())
        .mapToObj(i -> synset(names.get(i), imageNet ? i : -1))
        .toList();
  }

  /**
   * The synset that a name means; empty text if it is none of ImageNet's.
   *
   * @param expected number of the class, which decides between classes of the same name; -1 if
   *     unknown
   */
  private static String synset(String name, int expected) {
    if (ImageNet.index(name).isPresent()) {
      return name;
    }
    List<Integer> known = Index.IMAGENET.numbers(loose(firstName(name)));
    int number = known.contains(expected) ? expected : known.size() == 1 ? known.getFirst() : -1;
    return number < 0 ? "" : ImageNet.synsets().get(number);
  }

  private static String firstName(String name) {
    return name.split(",", 2)[0];
  }

  private static String loose(String name) {
    return name.replaceAll("[\\s_-]+", " ").strip().toLowerCase(Locale.ROOT);
  }

  /** Which classes have a name. */
  private record Index(Map<String, List<Integer>> byName) {
    private static final Index IMAGENET =
        of(ImageNet.names().stream().map(ClassNames::loose).toList());

    static Index of(List<String> names) {
      Map<String, List<Integer>> byName = new HashMap<>();
      for (int i = 0; i < names.size(); i++) {
        byName.computeIfAbsent(names.get(i), _ -> new ArrayList<>()).add(i);
      }
      byName.remove("");
      return new Index(byName);
    }

    List<Integer> numbers(String name) {
      return byName.getOrDefault(name, List.of());
    }

    OptionalInt find(String name, ClassNames classes) {
      List<Integer> found = numbers(name);
      if (found.size() > 1) {
        int a = found.get(0);
        int b = found.get(1);
        List<String> synsets = classes.synsets();
        throw new ArgumentException(
            "the name %s fits class %d (%s) and class %d (%s); use their %s"
                .formatted(
                    Printable.line(name),
                    a,
                    Printable.line(synsets.get(a).isEmpty() ? classes.name(a) : synsets.get(a)),
                    b,
                    Printable.line(synsets.get(b).isEmpty() ? classes.name(b) : synsets.get(b)),
                    synsets.get(a).isEmpty() ? "full names" : "synsets"));
      }
      return found.isEmpty() ? OptionalInt.empty() : OptionalInt.of(found.getFirst());
    }
  }
}
