package io.github.maskalign.data.file;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The class of each picture.
 *
 * @param numbers one per picture; empty without classes
 * @param names of the classes by number
 */
public record ClassLabels(int[] numbers, List<String> names) {

  /** More classes than any set has; a larger number is a mistake. */
  public static final int MAX_CLASSES = 1_000_000;

  /** No classes. */
  public static ClassLabels none() {
    return new ClassLabels(new int[0], List.of());
  }

  /** Classes that are named by their numbers. */
  public static ClassLabels numbered(int[] numbers) {
    int classes = Arrays.stream(numbers).max().orElse(-1) + 1;
    return new ClassLabels(numbers, IntStream.range(0, classes).mapToObj(String::valueOf).toList());
  }

  /** Whether there are classes. */
  public boolean areKnown() {
    return !names.isEmpty();
  }
}
