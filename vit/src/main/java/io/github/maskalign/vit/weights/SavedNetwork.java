package io.github.maskalign.vit.weights;

import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.FinalNorm;
import io.github.maskalign.vit.ImageClassifier;
import io.github.maskalign.vit.LinearProbe;
import io.github.maskalign.vit.OutputConfig;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTClassifier;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.weights.file.WeightSource;
import java.util.Set;

/**
 * All weights of a network file in memory, with the classification head if there is one, for
 * export. The batch norm of a linear probe is folded into its linear layer.
 *
 * @param config the configuration of the network, with the pooling before the head
 * @param parameters its weights, with timm's names
 * @param classes of the head, 0 if there is none
 * @param report of loading the weights
 * @since 0.1.0
 */
public record SavedNetwork(
    ViTConfig config, Parameters parameters, int classes, LoadReport report) {

  private static final String HEAD = ImageClassifier.HEAD + "weight";
  private static final String BIAS = ImageClassifier.HEAD + "bias";
  private static final String PROBE = LinearProbe.LINEAR + "weight";

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
    ViTConfig config = file.config();
    boolean probe = isMatrix(weights, PROBE);
    if (!probe && !isMatrix(weights, HEAD)) {
      ViT.create(parameters.root(), config);
      return new SavedNetwork(config, parameters, 0, file.load(parameters));
    }
    boolean mean = names.contains("fc_norm.weight");
    if (mean != (config.output().norm() == FinalNorm.POOLED)) {
      Pooling pooling = mean ? Pooling.MEAN_PATCHES : Pooling.CLASS_TOKEN;
      config = config.withOutput(OutputConfig.of(pooling));
    }
    int classes = classes(weights, probe ? PROBE : HEAD, config.pooledWidth());
    ViTClassifier.create(parameters.root(), config, classes);
    NetworkFile pooled = file.withConfig(config);
    LoadReport report = probe ? pooled.load(parameters, HEAD, BIAS) : pooled.load(parameters);
    if (probe) {
      foldProbe(scope, pooled, classes, parameters);
    }
    return new SavedNetwork(config, parameters, classes, report);
  }

  private static boolean isMatrix(WeightSource weights, String name) {
    return weights.names().contains(name) && weights.shape(name).rank() == 2;
  }

  /** A linear layer for the batch norm and the linear layer of a probe, in double precision. */
  private static void foldProbe(Scope scope, NetworkFile file, int classes, Parameters target) {
    try (Scope temporary = scope.child("probe")) {
      Parameters probe = Parameters.uninitialized(temporary, DType.F32);
      LinearProbe.create(probe.root(), file.config(), file.config().output().pooling(), classes);
      file.load(probe);
      LinearProbe.Folded folded = LinearProbe.folded(probe);
      copy(temporary, folded.weight(), target.get(HEAD));
      copy(temporary, folded.bias(), target.get(BIAS));
    }
  }

  private static void copy(Scope scope, float[] values, Parameter target) {
    Tensor tensor = target.value();
    scope.backend().copy(scope.ops().of(values, tensor.shape().dims()), tensor);
  }

  private static int classes(WeightSource weights, String name, int width) {
    Shape head = weights.shape(name);
    if (head.size() == 0 || head.dim(1) != width) {
      throw new FormatException(
          "%s: '%s' has shape %s, expected [classes, %d]"
              .formatted(weights.description(), name, head, width));
    }
    return head.dim(0);
  }
}
