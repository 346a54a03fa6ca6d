package io.github.maskalign.vit.text;

import java.util.Arrays;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Byte-pair encoding of a word (Sennrich et al., arXiv 1508.07909): repeatedly merges the neighbors
 * of the lowest rank, the leftmost first, until none merge. A priority queue bounds the time to n
 * log n for a word of n bytes.
 */
final class BytePairs {

  private static final int NONE = -1;

  private final Vocabulary vocabulary;
  private final int[] tokens;
  private final int[] next;
  private final int[] previous;

  /** Candidate merges: the rank in the upper half, the position of the left token in the lower. */
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

  /** The tokens of a word of at least one byte. */
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
      // The pair may have been consumed by another merge since it was offered.
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
