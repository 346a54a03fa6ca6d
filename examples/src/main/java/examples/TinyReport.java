package examples;

import io.github.maskalign.data.MemoryDataset;
import io.github.maskalign.data.WholeImage;
import io.github.maskalign.eval.FeatureExtractor;
import io.github.maskalign.eval.FeatureScore;
import io.github.maskalign.eval.Features;
import io.github.maskalign.eval.KnnClassifier;
import io.github.maskalign.eval.SoftmaxRegression;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.vit.ViT;
import java.util.ArrayList;
import java.util.List;

/** Scores frozen features by k-NN (k = 20, temperature 0.07) and a linear probe, as a table. */
final class TinyReport {

  private static final int BATCH = 200;

  private final Scope scope;
  private final MemoryDataset gallery;
  private final MemoryDataset queries;
  private final long seed;
  private final List<FeatureScore> rows = new ArrayList<>();

  /** Labels of the gallery train the classifiers; those of the queries judge them. */
  TinyReport(Scope scope, MemoryDataset gallery, MemoryDataset queries, long seed) {
    this.scope = scope;
    this.gallery = gallery;
    this.queries = queries;
    this.seed = seed;
  }

  void pixels() {
    add(
        "raw pixels",
        Features.pixels(gallery, TinyModels.STATISTICS),
        Features.pixels(queries, TinyModels.STATISTICS));
  }

  void network(String name, ViT network) {
    int side = network.config().imageSize();
    WholeImage plain = new WholeImage(side, side, TinyModels.STATISTICS);
    FeatureExtractor extractor = new FeatureExtractor(scope, network, plain, BATCH);
    add(name, extractor.extract(gallery), extractor.extract(queries));
  }

  private void add(String name, Features known, Features asked) {
    double nearest = KnnClassifier.standard().accuracy(scope.backend(), known, asked);
    double probe = SoftmaxRegression.standard(seed).accuracy(scope.backend(), known, asked);
    rows.add(new FeatureScore(name, 100 * nearest, 100 * probe));
  }

  /** The rows so far. */
  List<FeatureScore> scores() {
    return List.copyOf(rows);
  }

  void print() {
    System.out.printf("%n%-26s%8s%15s%n", "features", "k-NN", "linear probe");
    for (FeatureScore row : rows) {
      System.out.printf("%-26s%7.1f%%%14.1f%%%n", row.features(), row.knn(), row.probe());
    }
    System.out.println();
  }
}
