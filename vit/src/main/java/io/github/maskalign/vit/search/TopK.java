package io.github.maskalign.vit.search;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** The rows of highest score among those offered; of equal ones, the first. */
final class TopK {

  /** A row and its score. */
  record Scored(int row, float score) {}

  private static final Comparator<Scored> BEST_FIRST =
      Comparator.comparingDouble((Scored scored) -> -scored.score).thenComparingInt(Scored::row);

  private final int max;
  private final PriorityQueue<Scored> worstFirst = new PriorityQueue<>(BEST_FIRST.reversed());

  /** What a row needs to be let in, once there are enough. */
  private float bar = Float.NEGATIVE_INFINITY;

  TopK(int max) {
    this.max = max;
  }

  /** Offers rows in ascending order; one whose score is not-a-number is never kept. */
  void offer(int row, float score) {
    if (worstFirst.size() < max ? !Float.isNaN(score) : score > bar) {
      keep(new Scored(row, score));
    }
  }

  private void keep(Scored scored) {
    worstFirst.add(scored);
    if (worstFirst.size() > max) {
      worstFirst.remove();
    }
    if (worstFirst.size() == max) {
      bar = worstFirst.element().score;
    }
  }

  /** Takes over what rows behind these have given. */
  TopK and(TopK behind) {
    behind.bestFirst().forEach(scored -> offer(scored.row, scored.score));
    return this;
  }

  List<Scored> bestFirst() {
    return worstFirst.stream().sorted(BEST_FIRST).toList();
  }
}
