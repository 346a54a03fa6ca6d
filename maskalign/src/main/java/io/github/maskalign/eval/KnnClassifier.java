package io.github.maskalign.eval;

import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.vit.embed.CosineSimilarity;
import io.github.maskalign.vit.search.TopK;
import java.util.Arrays;
import java.util.List;

/**
 * Classifies by the nearest labeled samples: each of the k most similar (cosine) votes for its
 * class with weight {@code exp(similarity / temperature)} (Wu, Xiong, Yu and Lin, arXiv 1805.01978;
 * the protocol that DINO reports). Nothing is trained, so the score is one of the features alone.
 *
 * <p>Where samples are equally similar the earlier one is nearer, where classes have equal votes
 * the smaller one wins; so the outcome depends on the features alone.
 *
 * @param k how many neighbors vote, all if there are fewer
 * @param temperature the smaller, the more the nearest count
 * @since 0.1.0
 */
public record KnnClassifier(int k, double temperature) {

  /** Similarities in memory at a time, as a number of floats: 32 MiB. */
  private static final int CHUNK = 1 << 23;

  /** Refuses what cannot vote. */
  public KnnClassifier {
    if (k < 1 || !(temperature > 0)) {
      throw new ArgumentException(
          "k-NN: k = %d, temperature %s; both must be positive".formatted(k, temperature));
    }
  }

  /** The published protocol: 20 neighbors, temperature 0.07. */
  public static KnnClassifier standard() {
    return new KnnClassifier(20, 0.07);
  }

  /**
   * The share of queries whose class is found, 0 to 1.
   *
   * @throws ShapeException if the two have different widths, or one is empty
   */
  public double accuracy(Backend backend, Features gallery, Features queries) {
    int[] found = classify(backend, gallery, queries);
    int right = 0;
    for (int i = 0; i < found.length; i++) {
      right += found[i] == queries.labels()[i] ? 1 : 0;
    }
    return (double) right / found.length;
  }

  /**
   * The class of each query; their own labels are not looked at.
   *
   * @throws ShapeException if the two have different widths, or one is empty
   */
  public int[] classify(Backend backend, Features gallery, Features queries) {
    if (gallery.width() != queries.width() || gallery.count() == 0 || queries.count() == 0) {
      throw new ShapeException(
          "k-NN: gallery [%d, %d] and queries [%d, %d] do not fit"
              .formatted(gallery.count(), gallery.width(), queries.count(), queries.width()));
    }
    int[] found = new int[queries.count()];
    int rows = Math.clamp(CHUNK / gallery.count(), 1, queries.count());
    Vote vote = new Vote(gallery.labels());
    try (Scope scope = Scope.root(backend, "k-NN")) {
      Tensor references =
          scope.ops().of(unitLength(gallery, 0, gallery.count()), gallery.count(), gallery.width());
      for (int from = 0; from < found.length; from += rows) {
        int count = Math.min(rows, found.length - from);
        float[] similarities = similarities(scope, references, queries, from, count);
        for (int i = 0; i < count; i++) {
          found[from + i] = vote.of(similarities, i * gallery.count());
        }
      }
    }
    return found;
  }

  /** {@code [count, N]}: of some queries with the whole gallery. */
  private static float[] similarities(
      Scope outer, Tensor references, Features queries, int from, int count) {
    try (Scope scope = outer.child("queries")) {
      Ops ops = scope.ops();
      Tensor rows = ops.of(unitLength(queries, from, count), count, queries.width());
      return ops.linear(rows, references, null).toFloats();
    }
  }

  /** Vectors of length 1 in the direction of the features; zero stays zero. */
  private static float[] unitLength(Features features, int from, int count) {
    int width = features.width();
    float[] unit = Arrays.copyOfRange(features.values(), from * width, (from + count) * width);
    for (int row = 0; row < unit.length; row += width) {
      CosineSimilarity.normalize(unit, row, width);
    }
    return unit;
  }

  /** The class that the nearest samples of a query vote for. */
  private final class Vote {

    private final int[] labels;
    private final double[] votes;

    Vote(int[] labels) {
      this.labels = labels;
      votes = new double[Arrays.stream(labels).max().orElseThrow() + 1];
    }

    int of(float[] similarities, int offset) {
      TopK top = new TopK(Math.min(k, labels.length));
      for (int i = 0; i < labels.length; i++) {
        top.offer(i, similarities[offset + i]);
      }
      List<TopK.Scored> nearest = top.best();
      Arrays.fill(votes, 0);
      for (TopK.Scored sample : nearest) {
        // Relative to the nearest, so that no temperature overflows.
        float behind = (float) sample.score() - (float) nearest.getFirst().score();
        votes[labels[sample.index()]] += StrictMath.exp(behind / temperature);
      }
      int best = 0;
      for (int c = 1; c < votes.length; c++) {
        best = votes[c] > votes[best] ? c : best;
      }
      return best;
    }
  }
}
