package io.github.maskalign.cli.data;

import io.github.maskalign.cli.data.Scan.Damaged;
import io.github.maskalign.cli.data.Scan.Digest;
import io.github.maskalign.cli.data.Scan.Unchecked;
import io.github.maskalign.cli.data.Scan.Whole;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.DatasetNotes.Ignored;
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
 * The result of a scan.
 *
 * @param set the data set
 * @param pictures images in the data set
 * @param checked images that were checked; fewer after an interruption
 * @param seconds duration
 * @param formats files per format
 * @param colors files per color type
 * @param width of the intact images; null if there are none
 * @param height of the intact images
 * @param aspect width over height
 * @param classes checked images per class, damaged ones included
 * @param unlabeled why there are no classes where one could expect them; empty otherwise
 * @param ignored files and folders that are no samples, by reason, with some of their names
 * @param damaged files, with reasons
 * @param unchecked files for which there was too little memory, with reasons
 * @param copies duplicates: files with the content of an earlier one
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
    String unlabeled,
    List<Ignored> ignored,
    List<Damage> damaged,
    List<Damage> unchecked,
    List<Copy> copies) {

  /** Minimum, median and maximum. */
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

  /** An image that cannot be decoded, or not with this memory. */
  record Damage(String file, String reason) {}

  /**
   * A duplicate of an earlier file.
   *
   * @param otherClass whether the labels differ
   */
  record Copy(String file, String of, boolean otherClass) {}

  static CheckReport of(Dataset pictures, Scan scan) {
    Map<String, Integer> formats = new TreeMap<>();
    Map<String, Integer> colors = new TreeMap<>();
    Map<String, Integer> classes = new LinkedHashMap<>();
    pictures.classNames().forEach(name -> classes.put(name, 0));
    List<Damage> damaged = new ArrayList<>();
    List<Damage> unchecked = new ArrayList<>();
    List<Copy> copies = new ArrayList<>();
    List<Whole> whole = new ArrayList<>();
    Map<Digest, Integer> firsts = new HashMap<>();
    for (int i = 0; i < pictures.size(); i++) {
      switch (scan.finding(i)) {
        case null -> {
          continue;
        }
        case Damaged(String reason) -> damaged.add(new Damage(pictures.name(i), reason));
        case Unchecked(String reason) -> {
          unchecked.add(new Damage(pictures.name(i), reason));
          continue;
        }
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
        pictures.notes().unlabeled(),
        pictures.notes().ignored(),
        damaged,
        unchecked,
        copies);
  }

  private static Copy copy(Dataset pictures, int sample, int first) {
    boolean otherClass = pictures.hasLabels() && pictures.label(sample) != pictures.label(first);
    return new Copy(pictures.name(sample), pictures.name(first), otherClass);
  }
}
