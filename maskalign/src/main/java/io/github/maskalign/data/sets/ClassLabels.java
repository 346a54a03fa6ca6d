package io.github.maskalign.data.sets;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The class of each picture.
 *
 * @param numbers one per picture; empty without classes
 * @param names of the classes by number
 */
record ClassLabels(int[] numbers, List<String> names) {

  /** More classes than any set has; a larger number is a mistake. */
  static final int MAX_CLASSES = 1_000_000;

  static ClassLabels none() {
    return new ClassLabels(new int[0], List.of());
  }

  /** Classes that are named by their numbers. */
  static ClassLabels numbered(int[] numbers) {
    int classes = Arrays.stream(numbers).max().orElse(-1) + 1;
    return new ClassLabels(numbers, IntStream.range(0, classes).mapToObj(String::valueOf).toList());
  }

  boolean areKnown() {
    return !names.isEmpty();
  }
}
