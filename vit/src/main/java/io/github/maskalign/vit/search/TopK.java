package io.github.maskalign.vit.search;

import io.github.maskalign.tensor.error.ArgumentException;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * The k highest scores; of equal scores, those with the lowest indices.
 *
 * @since 0.1.0
 */
public final class TopK {

  /**
   * An index and its score.
   *
   * @param index identifies what was scored
   * @param score its score
   */
  public record Scored(int index, double score) {}

  // Unlike Double.compare, 0 and -0 are equal here.
  private static final Comparator<Scored> BEST_FIRST =
      (a, b) -> a.score == b.score ? Integer.compare(a.index, b.index) : a.score > b.score ? -1 : 1;

  private final int k;
  private final PriorityQueue<Scored> worstFirst = new PriorityQueue<>(BEST_FIRST.reversed());

  /** The lowest score kept, once there are k. */
  private double threshold = Double.NEGATIVE_INFINITY;

  /**
   * Keeps up to k scores.
   *
   * @throws ArgumentException if k is not positive
   */
  public TopK(int k) {
    if (k < 1) {
      throw new ArgumentException("top k: k must be 1 or more, got " + k);
    }
    this.k = k;
  }

  /** Offers a score; indices must be offered in ascending order. NaN is never kept. */
  public void offer(int index, double score) {
    if (worstFirst.size() < k ? !Double.isNaN(score) : score > threshold) {
      keep(new Scored(index, score));
    }
  }

  private void keep(Scored scored) {
    worstFirst.add(scored);
    if (worstFirst.size() > k) {
      worstFirst.remove();
    }
    if (worstFirst.size() == k) {
      threshold = worstFirst.element().score;
    }
  }

  /** Merges the best of higher indices, for searches split into ranges; returns this. */
  public TopK merge(TopK higher) {
    higher.best().forEach(scored -> offer(scored.index, scored.score));
    return this;
  }

  /** The scores kept, in descending order. */
  public List<Scored> best() {
    return worstFirst.stream().sorted(BEST_FIRST).toList();
  }
}
