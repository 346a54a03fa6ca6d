package io.github.maskalign.vit;

import java.util.Arrays;

/**
 * Which tokens of a batch are merged: bipartite soft matching (Bolya et al., arXiv 2210.09461,
 * section 3), on the host.
 *
 * <p>The tokens after the prefix are dealt alternately to sources, with the first, and targets.
 * Each source has an edge to its most similar target, of equal ones the first; the sources of the
 * edges of greatest similarity, of equal ones the first, are merged into their targets. The order
 * afterwards is that of the prefix, then the remaining sources, then the targets, each in the order
 * that they had.
 *
 * @param ids [B, T]: the place of each token after merging, for a scatter
 * @param weights [B, T]: the share of each token in the token that it becomes a part of
 * @param sizes [B, T']: the patches that each token stands for afterwards
 */
record TokenMatching(int[] ids, float[] weights, float[] sizes) {

  /** Sources of {@code tokens} tokens after the prefix. */
  static int sources(int tokens) {
    return (tokens + 1) / 2;
  }

  /** Targets of {@code tokens} tokens after the prefix; no more can be merged. */
  static int targets(int tokens) {
    return tokens / 2;
  }

  /**
   * Matches the tokens of each sample by itself.
   *
   * @param similarity [B, sources, targets], of at least one target
   * @param sizes [B, T]: the patches that each token stands for
   * @param prefix tokens at the start that are never merged
   * @param count tokens to merge, at most the number of targets
   */
  static TokenMatching of(float[] similarity, float[] sizes, int batch, int prefix, int count) {
    int tokens = sizes.length / batch;
    TokenMatching result =
        new TokenMatching(
            new int[sizes.length], new float[sizes.length], new float[batch * (tokens - count)]);
    for (int b = 0; b < batch; b++) {
      result.match(similarity, sizes, b, tokens, prefix, count);
    }
    return result;
  }

  private void match(
      float[] similarity, float[] before, int sample, int tokens, int prefix, int count) {
    int sources = sources(tokens - prefix);
    int targets = targets(tokens - prefix);
    int from = sample * tokens;
    int to = sample * (tokens - count);
    int[] target = new int[sources];
    long[] edges = new long[sources];
    for (int a = 0; a < sources; a++) {
      int row = (sample * sources + a) * targets;
      target[a] = best(similarity, row, targets);
      edges[a] = edge(similarity[row + target[a]], a);
    }
    Arrays.sort(edges);
    boolean[] merged = new boolean[sources];
    for (int i = 0; i < count; i++) {
      merged[(int) edges[i]] = true;
    }
    for (int t = 0; t < prefix; t++) {
      ids[from + t] = t;
    }
    int firstTarget = prefix + sources - count;
    int next = prefix;
    for (int a = 0; a < sources; a++) {
      ids[from + prefix + 2 * a] = merged[a] ? firstTarget + target[a] : next++;
    }
    for (int b = 0; b < targets; b++) {
      ids[from + prefix + 2 * b + 1] = firstTarget + b;
    }
    for (int t = from; t < from + tokens; t++) {
      sizes[to + ids[t]] += before[t];
    }
    for (int t = from; t < from + tokens; t++) {
      weights[t] = before[t] / sizes[to + ids[t]];
    }
  }

  private static int best(float[] x, int at, int count) {
    int best = 0;
    for (int i = 1; i < count; i++) {
      best = x[at + i] > x[at + best] ? i : best;
    }
    return best;
  }

  /** A number that is lower for greater similarity, and for equal ones with the source. */
  private static long edge(float similarity, int source) {
    // Adding 0 turns -0 into 0; the bits of negative numbers grow with their distance from 0.
    int bits = Float.floatToIntBits(similarity + 0f);
    int ascending = bits ^ (bits >> 31 & Integer.MAX_VALUE);
    return (long) ~ascending << Integer.SIZE | source;
  }
}
