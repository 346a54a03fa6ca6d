package io.github.maskalign.vectors.kinds;

import io.github.maskalign.autograd.nn.Classification;
import io.github.maskalign.autograd.nn.DropPath;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.vectors.cases.VectorCase;
import io.github.maskalign.vit.Activation;
import io.github.maskalign.vit.Block;
import io.github.maskalign.vit.PatchEmbed;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.PositionEmbedding;
import io.github.maskalign.vit.ViTClassifier;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.weights.LoadOptions;
import io.github.maskalign.vit.weights.Weights;
import io.github.maskalign.vit.weights.file.WeightSource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** The network and its parts. */
final class VitKinds {

  private VitKinds() {}

  static void patchEmbed(VectorCase given) {
    Map<String, Tensor> in = given.tensors("in.");
    int[] weight = given.dims("in.weight");
    if (weight[2] != given.integer("patch")) {
      throw new ArgumentException("the weight is not of the patch size");
    }
    Parameters parameters = Parameters.uninitialized(given.scope(), DType.F32);
    PatchEmbed embed =
        PatchEmbed.create(parameters.root(), weight[1], weight[2], weight[0], given.flag("bias"));
    Map<String, Tensor> leaves = new LinkedHashMap<>(Map.of("x", in.get("x")));
    for (Parameter parameter : parameters.all()) {
      String name = parameter.name().substring("proj.".length());
      given.scope().backend().copy(in.get(name), parameter.value());
      leaves.put(name, parameter.value());
    }
    given.differentiate(leaves, ops -> Map.of("y", embed.forward(ops, in.get("x"))));
  }

  static void block(VectorCase given) {
    ViTConfig config =
        ViTConfig.of(1, 1, given.integer("dim"), 1, given.integer("heads"))
            .withMlp(given.real("mlp_ratio"), Activation.GELU)
            .withNormEps(given.real("eps"));
    Parameters parameters = Parameters.uninitialized(given.scope(), DType.F32);
    Block block = Block.create(parameters.root(), config);
    WeightSource weights = WeightSource.of("block", given.tensors("w."));
    Weights.load(weights, parameters, LoadOptions.strict());
    Tensor x = given.tensor("in.x");
    DropPath drop = new DropPath((float) given.real("drop_path"));
    Map<String, Tensor> leaves = Networks.trainable(parameters);
    leaves.put("x", x);
    given.differentiate(
        leaves,
        ops -> {
          if (drop.rate() == 0) {
            return Map.of("y", block.forward(ops, x));
          }
          int batch = x.dim(0);
          float[] draws = given.floats("in.drop_rand");
          float[] attention = Arrays.copyOfRange(draws, 0, batch);
          float[] mlp = Arrays.copyOfRange(draws, batch, 2 * batch);
          return Map.of("y", block.forward(ops, x, null, drop, attention, mlp));
        });
  }

  static void dropPathRates(VectorCase given) {
    float[] rates = DropPath.linearRates(given.real("rate"), given.integer("depth"));
    double[] values = new double[rates.length];
    Arrays.setAll(values, i -> rates[i]);
    given.checks().values("out.rates", values, values.length);
  }

  static void classifier(VectorCase given) {
    Pooling pooling = given.flag("global_pool") ? Pooling.MEAN_PATCHES : Pooling.CLASS_TOKEN;
    int classes = given.integer("classes");
    Parameters parameters = Parameters.uninitialized(given.scope(), DType.F32);
    ViTConfig config = Networks.student(given, PositionEmbedding.LEARNED);
    ViTClassifier model = ViTClassifier.create(parameters.root(), config, pooling, classes);
    Networks.load(given, "student", parameters);
    Tensor images = given.tensor("in.images");
    int[] labels = given.integers("in.labels");
    double smoothing = given.real("smoothing");
    Map<String, Tensor> leaves = Networks.trainable(parameters);
    leaves.put("images", images);
    given.differentiate(
        leaves,
        ops -> {
          Tensor features = model.features(ops, images, null);
          Tensor logits = model.classify(ops, features);
          Tensor targets = Classification.targets(ops, logits.dtype(), labels, classes, smoothing);
          Tensor loss = ops.crossEntropy(logits, targets);
          return Map.of("features", features, "logits", logits, "loss", loss);
        });
  }
}
