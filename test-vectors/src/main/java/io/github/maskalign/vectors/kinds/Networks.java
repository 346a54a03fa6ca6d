package io.github.maskalign.vectors.kinds;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.safetensors.SafeTensorsFile;
import io.github.maskalign.vectors.cases.VectorCase;
import io.github.maskalign.vit.Activation;
import io.github.maskalign.vit.PositionEmbedding;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.weights.LoadOptions;
import io.github.maskalign.vit.weights.Weights;
import io.github.maskalign.vit.weights.family.Families;
import io.github.maskalign.vit.weights.file.WeightSource;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Networks that manifests describe, and their weights. */
final class Networks {

  private static final double MLP_RATIO = 4;
  private static final double EPS = 1e-6;

  private Networks() {}

  /** The student that {@code img, patch, dim, depth, heads, mlp_ratio, eps} describe. */
  static ViTConfig student(VectorCase given, PositionEmbedding positions) {
    ViTConfig config =
        ViTConfig.of(
            given.integer("img"),
            given.integer("patch"),
            given.integer("dim"),
            given.integer("depth"),
            given.integer("heads"));
    return config
        .withMlp(given.real("mlp_ratio", MLP_RATIO), Activation.GELU)
        .withNormEps(given.real("eps", EPS))
        .withPositions(positions);
  }

  /**
   * Loads the files of a model, later ones over earlier ones. Every parameter must be found; other
   * tensors are ignored.
   */
  static void load(VectorCase given, String model, Parameters parameters) {
    try (Scope scope = given.scope().child("weights")) {
      Map<String, Tensor> tensors = new LinkedHashMap<>();
      for (Path path : given.weights(model)) {
        try (SafeTensorsFile file = SafeTensorsFile.open(path)) {
          WeightSource source = WeightSource.of(file);
          source.names().forEach(name -> tensors.put(name, source.read(scope.eager(), name)));
        }
      }
      LoadOptions options =
          LoadOptions.strict().withNames(Families.detect(tensors.keySet())).ignoring("*");
      Weights.load(WeightSource.of("weights of the " + model, tensors), parameters, options);
    }
  }

  /** Trainable parameters by name. */
  static Map<String, Tensor> trainable(Parameters parameters) {
    Map<String, Tensor> values = new LinkedHashMap<>();
    parameters.trainable().forEach(p -> values.put(p.name(), p.value()));
    return values;
  }
}
