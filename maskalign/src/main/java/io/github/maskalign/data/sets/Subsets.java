package io.github.maskalign.data.sets;

import io.github.maskalign.data.Dataset;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.random.Philox;
import java.util.Arrays;
import java.util.BitSet;
import java.util.function.IntUnaryOperator;

/**
 * Random subsets of a data set, as views that preserve its order.
 *
 * @since 0.1.0
 */
public final class Subsets {

  private Subsets() {}

  /**
   * A set split in two.
   *
   * @param chosen the requested share
   * @param rest all others
   */
  public record Split(Dataset chosen, Dataset rest) {}

  /**
   * At most {@code max} random samples.
   *
   * @throws ArgumentException if {@code max} is below 1
   */
  public static Dataset limit(Dataset set, int max, long seed) {
    if (max < 1) {
      throw new ArgumentException("limit of " + max + " images: must be at least 1");
    }
    if (max >= set.size()) {
      return set;
    }
    int[] order = order(seed, 0, set.size());
    return set.select(Arrays.stream(order).limit(max).sorted().toArray());
  }

  /**
   * Splits a set at random, stratified by class if there are labels: the share of each class is
   * rounded, but at least one sample is chosen.
   *
   * @throws ArgumentException if it is not a share
   */
  public static Split split(Dataset set, double share, long seed) {
    if (!(share > 0 && share <= 1)) {
      throw new ArgumentException("share of " + share + ": must be above 0, at most 1");
    }
    return split(set, seed, count -> (int) Math.max(Math.rint(share * count), 1));
  }

  /**
   * Holds out a random share to evaluate on, class by class if there are labels: the share of each
   * class is rounded, but is at least one sample where another remains, and never the whole class.
   *
   * @throws ArgumentException if it is not a share below 1
   */
  public static Split holdOut(Dataset set, double share, long seed) {
    if (!(share > 0 && share < 1)) {
      throw new ArgumentException("share of " + share + ": must be above 0 and below 1");
    }
    return split(
        set,
        seed,
        count -> (int) Math.min(Math.max(Math.rint(share * count), 1), Math.max(count - 1, 0)));
  }

  /** Chooses a number of samples of each class, by the number that it has. */
  private static Split split(Dataset set, long seed, IntUnaryOperator wanted) {
    int classes = set.hasLabels() ? set.classNames().size() : 1;
    int[][] members = new int[classes][];
    int[] counts = new int[classes];
    for (int i = 0; i < set.size(); i++) {
      counts[label(set, i)]++;
    }
    Arrays.setAll(members, c -> new int[counts[c]]);
    Arrays.fill(counts, 0);
    for (int i = 0; i < set.size(); i++) {
      int label = label(set, i);
      members[label][counts[label]++] = i;
    }
    BitSet chosen = new BitSet();
    for (int c = 0; c < classes; c++) {
      int[] order = order(seed, 1 + c, counts[c]);
      int number = Math.min(wanted.applyAsInt(counts[c]), counts[c]);
      for (int i = 0; i < number; i++) {
        chosen.set(members[c][order[i]]);
      }
    }
    int[] picked = chosen.stream().toArray();
    chosen.flip(0, set.size());
    return new Split(set.select(picked), set.select(chosen.stream().toArray()));
  }

  private static int label(Dataset set, int sample) {
    return set.hasLabels() ? set.label(sample) : 0;
  }

  private static int[] order(long seed, int purpose, int size) {
    return Philox.of(seed).stream("subset").at(purpose).permutation(size);
  }
}
