package io.github.maskalign.vit.weights;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTClassifier;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.weights.file.WeightSource;
import java.util.Set;

/**
 * A network as a file holds it, with a classifier's head or without, its weights in memory.
 *
 * @param config its shape
 * @param parameters its weights, with timm's names
 * @param classes of the head, 0 if there is none
 * @param pooling what the head sees
 * @param report of loading it
 * @since 0.1.0
 */
public record SavedNetwork(
    ViTConfig config, Parameters parameters, int classes, Pooling pooling, LoadReport report) {

  private static final String HEAD = "head.weight";

  /**
   * Loads a network.
   *
   * @param scope owns the weights
   * @throws FormatException if the file lacks a part of it
   */
  public static SavedNetwork load(Scope scope, NetworkFile file) {
    WeightSource weights = file.weights();
    Set<String> names = weights.names();
    Parameters parameters = Parameters.uninitialized(scope, DType.F32);
    boolean mean = names.contains("fc_norm.weight");
    Pooling pooling = mean ? Pooling.MEAN_PATCHES : Pooling.CLS;
    int classes = 0;
    if (names.contains(HEAD) && weights.shape(HEAD).rank() == 2) {
      classes = weights.shape(HEAD).dim(0);
      ViTClassifier.create(parameters.root(), file.config(), pooling, classes);
    } else {
      ViT.create(parameters.root(), file.config());
    }
    LoadReport report = file.load(parameters);
    return new SavedNetwork(file.config(), parameters, classes, pooling, report);
  }
}
