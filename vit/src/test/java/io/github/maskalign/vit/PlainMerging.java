package io.github.maskalign.vit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Token merging of one image as the paper defines it (Bolya et al., arXiv 2210.09461), in plain
 * loops over doubles. Shares no code with the library.
 *
 * @param tokens [T][D]
 * @param sizes [T], the patches that each token stands for
 */
record PlainMerging(double[][] tokens, int[] sizes) {

  private record Edge(int source, int target, double similarity) {}

  /** What the keys are like: the cosine of their means over the heads. */
  static double cosine(double[] a, double[] b, int heads) {
    int length = a.length / heads;
    double dot = 0;
    double aa = 0;
    double bb = 0;
    for (int c = 0; c < length; c++) {
      double meanA = 0;
      double meanB = 0;
      for (int h = 0; h < heads; h++) {
        meanA += a[h * length + c] / heads;
        meanB += b[h * length + c] / heads;
      }
      dot += meanA * meanB;
      aa += meanA * meanA;
      bb += meanB * meanB;
    }
    return dot / Math.sqrt(aa * bb);
  }

  /** Similarity [sources][targets] of keys [T][D], of the tokens after the prefix. */
  static double[][] similarity(double[][] keys, int prefix, int heads) {
    int patches = keys.length - prefix;
    double[][] similarity = new double[(patches + 1) / 2][patches / 2];
    for (int a = 0; a < similarity.length; a++) {
      for (int b = 0; b < similarity[a].length; b++) {
        similarity[a][b] = cosine(keys[prefix + 2 * a], keys[prefix + 2 * b + 1], heads);
      }
    }
    return similarity;
  }

  /** Merges a number of tokens. */
  PlainMerging merged(double[][] similarity, int prefix, int count) {
    List<Edge> edges = new ArrayList<>();
    for (int a = 0; a < similarity.length && count > 0; a++) {
      Edge best = new Edge(a, 0, similarity[a][0]);
      for (int b = 1; b < similarity[a].length; b++) {
        if (similarity[a][b] > best.similarity) {
          best = new Edge(a, b, similarity[a][b]);
        }
      }
      edges.add(best);
    }
    // A stable sort: of equal edges, that of the lower source comes first.
    edges.sort(Comparator.comparingDouble((Edge edge) -> edge.similarity).reversed());
    List<Edge> kept = edges.subList(0, count);
    List<List<Integer>> groups = new ArrayList<>();
    for (int t = 0; t < prefix; t++) {
      groups.add(List.of(t));
    }
    for (int t = prefix; t < tokens.length; t += 2) {
      int source = (t - prefix) / 2;
      if (kept.stream().noneMatch(edge -> edge.source == source)) {
        groups.add(List.of(t));
      }
    }
    for (int t = prefix + 1; t < tokens.length; t += 2) {
      int target = (t - prefix) / 2;
      List<Integer> group = new ArrayList<>(List.of(t));
      kept.stream()
          .filter(edge -> edge.target == target)
          .forEach(edge -> group.add(prefix + 2 * edge.source));
      groups.add(group);
    }
    return new PlainMerging(
        groups.stream().map(this::mean).toArray(double[][]::new),
        groups.stream().mapToInt(this::size).toArray());
  }

  private int size(List<Integer> group) {
    return group.stream().mapToInt(t -> sizes[t]).sum();
  }

  private double[] mean(List<Integer> group) {
    double[] mean = new double[tokens[0].length];
    for (int t : group) {
      for (int c = 0; c < mean.length; c++) {
        mean[c] += tokens[t][c] * sizes[t] / size(group);
      }
    }
    return mean;
  }
}
