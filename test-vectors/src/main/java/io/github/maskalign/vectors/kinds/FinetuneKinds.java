package io.github.maskalign.vectors.kinds;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.autograd.optim.AdamW;
import io.github.maskalign.autograd.optim.ParameterGroup;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.vectors.cases.VectorCase;
import io.github.maskalign.vit.LayerDecay;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.PositionEmbedding;
import io.github.maskalign.vit.ViTClassifier;
import io.github.maskalign.vit.ViTConfig;
import java.util.Arrays;
import java.util.List;

/** The fine-tuning loop. */
final class FinetuneKinds {

  private FinetuneKinds() {}

  static void adamW(VectorCase given) {
    ViTConfig config = Networks.student(given, PositionEmbedding.LEARNED);
    Pooling pooling = given.flag("global_pool") ? Pooling.MEAN_PATCHES : Pooling.CLS;
    Parameters parameters = Parameters.uninitialised(given.scope(), DType.F32);
    ViTClassifier model =
        ViTClassifier.create(parameters.root(), config, pooling, given.integer("classes"));
    Networks.load(given, "student", parameters);
    LayerDecay decay =
        new LayerDecay(config.depth(), given.real("layer_decay"), given.real("weight_decay"));
    List<ParameterGroup> groups = decay.groups(parameters.trainable());
    OptimKinds.groups(given, groups, given.manifest().json().path("params"));
    AdamW optimizer = new AdamW(given.scope(), groups, TrainingLoop.betas(given));
    TrainingLoop loop = new TrainingLoop(given, optimizer, parameters);
    Tensor targets = given.tensor("in.soft_targets");
    int passes = given.integer("iters_per_epoch");
    loop.run(
        (tape, images, pass) -> {
          Tensor target = TrainingLoop.row(tape.scope().eager(), targets, pass % passes);
          return tape.crossEntropy(model.forward(tape, images), target);
        });
    loop.check();
    double[] rates = new double[loop.rates().size() * groups.size()];
    Arrays.setAll(
        rates,
        i -> loop.rates().get(i / groups.size()) * groups.get(i % groups.size()).rateScale());
    given.checks().values("out.group_lr", rates, loop.rates().size(), groups.size());
  }
}
