package io.github.maskalign.vit.text;

import java.util.Arrays;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * A word as tokens by byte-pair encoding (Sennrich et al., arXiv 1508.07909): of all neighbors that
 * merge, those of lowest rank do first, the leftmost of several; until none do. A queue keeps that
 * at n log n steps for words of any length.
 */
final class BytePairs {

  private static final int NONE = -1;

  private final Vocabulary vocabulary;
  private final int[] tokens;
  private final int[] next;
  private final int[] previous;

  /** Possible merges: the rank in the upper half, the place of the left token in the lower. */
  private final PriorityQueue<Long> queue = new PriorityQueue<>();

  private BytePairs(Vocabulary vocabulary, byte[] word) {
    int length = word.length;
    this.vocabulary = vocabulary;
    this.tokens = new int[length];
    this.next = new int[length];
    this.previous = new int[length];
    for (int i = 0; i < length; i++) {
      tokens[i] = vocabulary.token(word[i], i == length - 1);
      next[i] = i == length - 1 ? NONE : i + 1;
      previous[i] = i - 1;
    }
  }

  /** The tokens of a word of one byte at least. */
  static int[] encode(Vocabulary vocabulary, byte[] word) {
    BytePairs pairs = new BytePairs(vocabulary, word);
    for (int i = 0; i < word.length; i++) {
      pairs.offer(i);
    }
    pairs.merge();
    return pairs.left();
  }

  private void offer(int at) {
    Vocabulary.Merge merge = merge(at);
    if (merge != null) {
      queue.add((long) merge.rank() << Integer.SIZE | at);
    }
  }

  private Vocabulary.@Nullable Merge merge(int at) {
    return at == NONE || tokens[at] == NONE || next[at] == NONE
        ? null
        : vocabulary.merge(tokens[at], tokens[next[at]]);
  }

  private void merge() {
    while (!queue.isEmpty()) {
      long first = queue.remove();
      int at = (int) first;
      Vocabulary.Merge merge = merge(at);
      // A pair that was offered may have been taken apart by another merge since.
      if (merge == null || merge.rank() != first >> Integer.SIZE) {
        continue;
      }
      int gone = next[at];
      tokens[at] = merge.token();
      tokens[gone] = NONE;
      next[at] = next[gone];
      if (next[at] != NONE) {
        previous[next[at]] = at;
      }
      offer(at);
      offer(previous[at]);
    }
  }

  private int[] left() {
    return Arrays.stream(tokens).filter(token -> token != NONE).toArray();
  }
}
