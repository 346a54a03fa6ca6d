package io.github.maskalign.vit.text.token.model;

import java.util.PriorityQueue;

/** Merges the tokens of one piece. A priority queue bounds the time to n log n for n tokens. */
final class PairMerger {

  private static final int NONE = -1;

  private final int[] tokens;
  private final int[] next;
  private final int[] previous;

  /** Candidate merges: the rank in the upper half, the position of the left token in the lower. */
  private final PriorityQueue<Long> queue = new PriorityQueue<>();

  PairMerger(int[] tokens) {
    this.tokens = tokens;
    this.next = new int[tokens.length];
    this.previous = new int[tokens.length];
    for (int i = 0; i < tokens.length; i++) {
      next[i] = i == tokens.length - 1 ? NONE : i + 1;
      previous[i] = i - 1;
    }
  }

  /**
   * Appends the merged tokens.
   *
   * @param merges from two ids to rank and id of the merged token
   */
  void run(LongMap merges, IntList ids) {
    for (int i = 0; i < tokens.length; i++) {
      offer(merges, i);
    }
    while (!queue.isEmpty()) {
      long first = queue.remove();
      int at = (int) first;
      long merge = merge(merges, at);
      // The pair may have been consumed by another merge since it was offered.
      if (merge == LongMap.NONE || merge >> Integer.SIZE != first >> Integer.SIZE) {
        continue;
      }
      int gone = next[at];
      tokens[at] = (int) merge;
      tokens[gone] = NONE;
      next[at] = next[gone];
      if (next[at] != NONE) {
        previous[next[at]] = at;
      }
      offer(merges, at);
      offer(merges, previous[at]);
    }
    for (int token : tokens) {
      if (token != NONE) {
        ids.add(token);
      }
    }
  }

  private void offer(LongMap merges, int at) {
    long merge = merge(merges, at);
    if (merge != LongMap.NONE) {
      queue.add(merge >> Integer.SIZE << Integer.SIZE | at);
    }
  }

  private long merge(LongMap merges, int at) {
    return at == NONE || tokens[at] == NONE || next[at] == NONE
        ? LongMap.NONE
        : merges.get((long) tokens[at] << Integer.SIZE | tokens[next[at]]);
  }
}
