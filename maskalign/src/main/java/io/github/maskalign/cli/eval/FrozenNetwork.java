package io.github.maskalign.cli.eval;

import io.github.maskalign.cli.ImageOptions;
import io.github.maskalign.cli.settings.groups.EvaluationSettings;
import io.github.maskalign.cli.settings.groups.FrozenSettings;
import io.github.maskalign.eval.FeatureExtractor;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.weights.NetworkFile;
import io.github.maskalign.vit.weights.PretrainedViT;
import io.github.maskalign.vit.weights.processor.ProcessorOptions;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Loads networks that are evaluated as they are. */
public final class FrozenNetwork {

  private FrozenNetwork() {}

  /**
   * Loads a network and prints the report.
   *
   * @param scope owns the weights
   * @param side of the pictures; the network's own if null
   */
  public static PretrainedViT load(Scope scope, Path place, @Nullable Integer side) {
    return load(scope, place, side, ProcessorOptions.defaults());
  }

  private static PretrainedViT load(
      Scope scope, Path place, @Nullable Integer side, ProcessorOptions processing) {
    try (NetworkFile file = NetworkFile.open(place).withProcessing(processing)) {
      PretrainedViT loaded =
          PretrainedViT.load(
              scope, file, side == null ? PretrainedViT.imageSize(file) : ImageSize.square(side));
      System.out.printf("Weights: %s: %s%n", file.file().location(place), loaded.report());
      loaded.card().notes().forEach(System.out::println);
      return loaded;
    }
  }

  /** Loads the network whose features are used. */
  static FeatureExtractor extractor(Scope scope, Path weights, FrozenSettings settings) {
    ProcessorOptions processing = ImageOptions.processing(settings.imageBackend());
    PretrainedViT loaded = load(scope, weights, settings.imageSize(), processing);
    EvaluationSettings evaluation = settings.evaluation();
    return new FeatureExtractor(
            scope, loaded.network(), evaluation.view(loaded.preprocessing()), evaluation.batch())
        .withMerge(settings.merge());
  }
}
