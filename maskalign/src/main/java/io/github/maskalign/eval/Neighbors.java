package io.github.maskalign.eval;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

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
    for (int query = 0; query < queries.count(); query++) {
      int row = query;
      all.add(
          IntStream.range(0, gallery.count())
              .mapToObj(sample -> new Neighbor(sample, cosine(gallery, sample, queries, row)))
              .sorted(Comparator.comparingDouble(Neighbor::similarity).reversed())
              .limit(count)
              .toList());
    }
    return all;
  }

  private static double cosine(Features a, int i, Features b, int j) {
    double dot = 0;
    double squaresA = 0;
    double squaresB = 0;
    for (int d = 0; d < a.width(); d++) {
      double x = a.values()[i * a.width() + d];
      double y = b.values()[j * b.width() + d];
      dot += x * y;
      squaresA += x * x;
      squaresB += y * y;
    }
    double scale = Math.sqrt(squaresA * squaresB);
    return scale == 0 ? 0 : dot / scale;
  }
}
