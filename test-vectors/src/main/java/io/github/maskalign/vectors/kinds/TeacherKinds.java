package io.github.maskalign.vectors.kinds;

import io.github.maskalign.autograd.nn.Linear;
import io.github.maskalign.autograd.nn.Nonlinearity;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.op.Gelu;
import io.github.maskalign.tensor.op.UnaryOp;
import io.github.maskalign.vectors.cases.VectorCase;
import io.github.maskalign.vit.Activation;
import io.github.maskalign.vit.ForwardRequest;
import io.github.maskalign.vit.ForwardResult;
import io.github.maskalign.vit.Importance;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Teacher networks, with Hugging Face's parameter names. */
final class TeacherKinds {

  private TeacherKinds() {}

  /** CLIP's "last hidden state" is before the final norm; its pooled output is after it. */
  static void clip(VectorCase given) {
    ViTConfig config = config(given).asClip();
    Parameters parameters = Parameters.uninitialized(given.scope(), DType.F32);
    ViT network = ViT.create(parameters.root(), withActivation(given, config));
    Networks.load(given, "teacher", parameters);
    ForwardResult seen = forward(given, network);
    Ops ops = given.scope().ops();
    given.checks().tensor("out.last_hidden_state", seen.tokens());
    given
        .checks()
        .tensor(
            "out.pooler_output",
            Pooling.CLASS_TOKEN.pool(ops, config, network.normalized(ops, seen.tokens())));
  }

  /**
   * DINO's "last hidden state" is after the final norm; its pooled output has another dense layer.
   */
  static void dino(VectorCase given) {
    ViTConfig config = config(given).asDino();
    Parameters parameters = Parameters.uninitialized(given.scope(), DType.F32);
    ViT network = ViT.create(parameters.root(), withActivation(given, config));
    Linear pooler =
        Linear.create(parameters.root().at("pooler").at("dense"), config.width(), config.width());
    Networks.load(given, "teacher", parameters);
    ForwardResult seen = forward(given, network);
    Ops ops = given.scope().ops();
    Tensor last = network.normalized(ops, seen.tokens());
    given.checks().tensor("out.last_hidden_state", last);
    Tensor pooled =
        ops.unary(UnaryOp.TANH, pooler.forward(ops, Pooling.CLASS_TOKEN.pool(ops, config, last)));
    given.checks().tensor("out.pooler_output", pooled);
  }

  static ViTConfig config(VectorCase given) {
    return ViTConfig.of(
        given.integer("img"),
        given.integer("patch"),
        given.integer("dim"),
        given.integer("depth"),
        given.integer("heads"));
  }

  /** Settings of the manifest besides the flavor, which they need not agree with. */
  private static ViTConfig withActivation(VectorCase given, ViTConfig config) {
    Gelu activation =
        switch (given.text("act")) {
          case "quick_gelu" -> Gelu.QUICK;
          case "gelu" -> Gelu.ERF;
          default -> throw new ArgumentException("activation '" + given.text("act") + "'");
        };
    return config
        .withMlp(
            (double) given.integer("mlp_dim") / config.width(),
            Activation.of(Nonlinearity.of(activation), false))
        .withNormEps(given.real("eps"));
  }

  private static ForwardResult forward(VectorCase given, ViT network) {
    int depth = network.config().depth();
    ForwardRequest request =
        ForwardRequest.plain()
            .withAllLevels()
            .withEmbedding()
            .withImportance(Importance.CLASS_ATTENTION)
            .withAttentions(IntStream.range(0, depth).boxed().collect(Collectors.toSet()));
    ForwardResult seen =
        network.forward(given.scope().ops(), given.tensor("in.pixel_values"), request);
    List<Tensor> states = new ArrayList<>(List.of(seen.embedding()));
    states.addAll(seen.levels());
    given.checks().stacked("out.hidden_states", states);
    List<Tensor> attentions =
        IntStream.range(0, depth).mapToObj(i -> seen.attentions().get(i)).toList();
    given.checks().stacked("out.attentions", attentions);
    given.checks().tensor("out.importance", seen.importance());
    return seen;
  }
}
