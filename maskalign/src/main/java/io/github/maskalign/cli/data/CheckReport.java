package io.github.maskalign.cli.data;

import io.github.maskalign.cli.data.Scan.Damaged;
import io.github.maskalign.cli.data.Scan.Digest;
import io.github.maskalign.cli.data.Scan.Whole;
import io.github.maskalign.data.Dataset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a scan found.
 *
 * @param set what was checked
 * @param pictures in the set
 * @param checked of them; fewer after a stop
 * @param seconds that it took
 * @param formats files of each
 * @param colors files of each kind
 * @param width of the whole pictures, null if there is none
 * @param height of them
 * @param aspect width over height
 * @param classes checked pictures of each, damaged ones included
 * @param damaged files and why
 * @param copies files with the same content as an earlier one
 */
record CheckReport(
    String set,
    int pictures,
    int checked,
    double seconds,
    Map<String, Integer> formats,
    Map<String, Integer> colors,
    @Nullable Range width,
    @Nullable Range height,
    @Nullable Range aspect,
    Map<String, Integer> classes,
    List<Damage> damaged,
    List<Copy> copies) {

  /** Smallest, middle and largest of some numbers. */
  record Range(double min, double median, double max) {

    static @Nullable Range of(double[] numbers) {
      if (numbers.length == 0) {
        return null;
      }
      double[] sorted = numbers.clone();
      Arrays.sort(sorted);
      double median = (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
      return new Range(sorted[0], median, sorted[sorted.length - 1]);
    }
  }

  /** A picture that cannot be decoded. */
  record Damage(String file, String reason) {}

  /**
   * A file that is the same as an earlier one.
   *
   * @param otherClass whether they are said to be of different classes
   */
  record Copy(String file, String of, boolean otherClass) {}

  static CheckReport of(Dataset pictures, Scan scan) {
    Map<String, Integer> formats = new TreeMap<>();
    Map<String, Integer> colors = new TreeMap<>();
    Map<String, Integer> classes = new LinkedHashMap<>();
    pictures.classNames().forEach(name -> classes.put(name, 0));
    List<Damage> damaged = new ArrayList<>();
    List<Copy> copies = new ArrayList<>();
    List<Whole> whole = new ArrayList<>();
    Map<Digest, Integer> firsts = new HashMap<>();
    for (int i = 0; i < pictures.size(); i++) {
      switch (scan.finding(i)) {
        case null -> {
          continue;
        }
        case Damaged(String reason) -> damaged.add(new Damage(pictures.name(i), reason));
        case Whole found -> {
          whole.add(found);
          formats.merge(found.format(), 1, Integer::sum);
          colors.merge(found.colors().name().toLowerCase(Locale.ROOT), 1, Integer::sum);
          Integer first = firsts.putIfAbsent(found.digest(), i);
          if (first != null) {
            copies.add(copy(pictures, i, first));
          }
        }
      }
      if (pictures.hasLabels()) {
        classes.merge(pictures.classNames().get(pictures.label(i)), 1, Integer::sum);
      }
    }
    return new CheckReport(
        pictures.toString(),
        pictures.size(),
        whole.size() + damaged.size(),
        scan.seconds(),
        formats,
        colors,
        Range.of(whole.stream().mapToDouble(Whole::width).toArray()),
        Range.of(whole.stream().mapToDouble(Whole::height).toArray()),
        Range.of(whole.stream().mapToDouble(w -> (double) w.width() / w.height()).toArray()),
        classes,
        damaged,
        copies);
  }

  private static Copy copy(Dataset pictures, int sample, int first) {
    boolean otherClass = pictures.hasLabels() && pictures.label(sample) != pictures.label(first);
    return new Copy(pictures.name(sample), pictures.name(first), otherClass);
  }
}
