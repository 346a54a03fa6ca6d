package io.github.maskalign.data.sets;

import io.github.maskalign.data.Dataset;
import io.github.maskalign.tensor.random.Philox;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Parts of a data set, as views. They are drawn by a seed, and keep the order of the set.
 *
 * @since 0.1.0
 */
public final class Subsets {

  private Subsets() {}

  /**
   * Two parts of a set that make it up.
   *
   * @param chosen the share asked for
   * @param rest all others
   */
  public record Split(Dataset chosen, Dataset rest) {}

  /**
   * So many samples at random, all if there are fewer.
   *
   * @throws IllegalArgumentException if none are asked for
   */
  public static Dataset limit(Dataset set, int max, long seed) {
    if (max < 1) {
      throw new IllegalArgumentException("limit of " + max + " pictures: must be 1 at least");
    }
    if (max >= set.size()) {
      return set;
    }
    int[] order = order(seed, 0, set.size());
    return set.select(Arrays.stream(order).limit(max).sorted().toArray());
  }

  /**
   * Parts a set at random, class by class where there are labels: of each class the share is
   * rounded, but one sample at least is chosen.
   *
   * @throws IllegalArgumentException if it is no share
   */
  public static Split split(Dataset set, double share, long seed) {
    if (!(share > 0 && share <= 1)) {
      throw new IllegalArgumentException("share of " + share + ": must be above 0, at most 1");
    }
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
      int wanted = (int) Math.max(Math.rint(share * counts[c]), 1);
      int[] order = order(seed, 1 + c, counts[c]);
      for (int i = 0; i < Math.min(wanted, counts[c]); i++) {
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
