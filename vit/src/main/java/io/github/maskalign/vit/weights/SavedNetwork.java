package io.github.maskalign.vit.weights;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTClassifier;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.weights.file.WeightSource;
import java.util.Set;

/**
 * All weights of a network file in memory, with the classification head if there is one, for
 * export.
 *
 * @param config the configuration of the network
 * @param parameters its weights, with timm's names
 * @param classes of the head, 0 if there is none
 * @param pooling of the tokens before the head
 * @param report of loading the weights
 * @since 0.1.0
 */
public record SavedNetwork(
    ViTConfig config, Parameters parameters, int classes, Pooling pooling, LoadReport report) {

  private static final String HEAD = "head.weight";

  /**
   * Loads a network.
   *
   * @param scope owns the weights
   * @throws FormatException if the file lacks a parameter
   */
  public static SavedNetwork load(Scope scope, NetworkFile file) {
    WeightSource weights = file.weights();
    Set<String> names = weights.names();
    Parameters parameters = Parameters.uninitialized(scope, DType.F32);
    boolean mean = names.contains("fc_norm.weight");
    Pooling pooling = mean ? Pooling.MEAN_PATCHES : Pooling.CLASS_TOKEN;
    int classes = 0;
    if (names.contains(HEAD) && weights.shape(HEAD).rank() == 2) {
      classes = classes(weights, file.config().width());
      ViTClassifier.create(parameters.root(), file.config(), pooling, classes);
    } else {
      ViT.create(parameters.root(), file.config());
    }
    LoadReport report = file.load(parameters);
    return new SavedNetwork(file.config(), parameters, classes, pooling, report);
  }

  private static int classes(WeightSource weights, int width) {
    Shape head = weights.shape(HEAD);
    if (head.size() == 0 || head.dim(1) != width) {
      throw new FormatException(
          "%s: '%s' has shape %s, expected [classes, %d]"
              .formatted(weights.description(), HEAD, head, width));
    }
    return head.dim(0);
  }
}
