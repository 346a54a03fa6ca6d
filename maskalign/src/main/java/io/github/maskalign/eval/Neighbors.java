package io.github.maskalign.eval;

import io.github.maskalign.vit.embed.CosineSimilarity;
import io.github.maskalign.vit.search.TopK;
import java.util.ArrayList;
import java.util.List;

/**
 * The samples most like others, by the cosine of their features.
 *
 * @since 0.1.0
 */
public final class Neighbors {

  private Neighbors() {}

  /**
   * One of the nearest.
   *
   * @param sample its number in the gallery
   * @param similarity cosine, -1 to 1
   */
  public record Neighbor(int sample, double similarity) {}

  /**
   * The nearest of each query, the most similar first; of equally similar ones the earlier.
   *
   * @param count how many, all if there are fewer
   */
  public static List<List<Neighbor>> nearest(Features gallery, Features queries, int count) {
    List<List<Neighbor>> all = new ArrayList<>();
    int width = gallery.width();
    for (int query = 0; query < queries.count(); query++) {
      TopK nearest = new TopK(count);
      for (int sample = 0; sample < gallery.count(); sample++) {
        nearest.offer(
            sample,
            CosineSimilarity.of(
                gallery.values(), sample * width, queries.values(), query * width, width));
      }
      all.add(
          nearest.best().stream().map(best -> new Neighbor(best.index(), best.score())).toList());
    }
    return all;
  }
}
