package io.github.maskalign.vectors.kinds;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.autograd.optim.ParameterGroup;
import io.github.maskalign.data.Batch;
import io.github.maskalign.eval.ClassifierScore;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.train.BatchTargets;
import io.github.maskalign.train.FineTuning;
import io.github.maskalign.train.LinearProbing;
import io.github.maskalign.vectors.cases.VectorCase;
import io.github.maskalign.vit.LayerDecay;
import io.github.maskalign.vit.LinearProbe;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.PositionEmbedding;
import io.github.maskalign.vit.ViTClassifier;
import io.github.maskalign.vit.ViTConfig;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** The fine-tuning loop and the linear probe. */
final class FinetuneKinds {

  private FinetuneKinds() {}

  private static Pooling pooling(VectorCase given) {
    return given.flag("global_pool") ? Pooling.MEAN_PATCHES : Pooling.CLASS_TOKEN;
  }

  static void adamW(VectorCase given) {
    ViTConfig config = Networks.student(given, PositionEmbedding.LEARNED);
    Parameters parameters = Parameters.uninitialized(given.scope(), DType.F32);
    ViTClassifier model =
        ViTClassifier.create(parameters.root(), config, pooling(given), given.integer("classes"));
    Networks.load(given, "student", parameters);
    double decay = given.real("layer_decay");
    double weightDecay = given.real("weight_decay");
    List<ParameterGroup> groups =
        new LayerDecay(config.depth(), decay, weightDecay).groups(parameters.trainable());
    OptimKinds.groups(given, groups, given.manifest().json().path("params"));

    TrainingLoop loop = new TrainingLoop(given, parameters);
    FineTuning training =
        new FineTuning(
            model,
            parameters,
            new FineTuning.Recipe(
                TrainingLoop.pace(given),
                TrainingLoop.betas(given),
                decay,
                weightDecay,
                0,
                softTargets(given),
                0,
                Map.of()));
    loop.run(training.updates(), training::loss);
    loop.check(training.updates());
    double[] rates = new double[loop.rates().size() * groups.size()];
    Arrays.setAll(
        rates,
        i -> loop.rates().get(i / groups.size()) * groups.get(i % groups.size()).rateScale());
    given.checks().values("out.group_lr", rates, loop.rates().size(), groups.size());
  }

  private static BatchTargets softTargets(VectorCase given) {
    float[] targets = given.floats("in.soft_targets");
    int passes = given.integer("iters_per_epoch");
    int each = targets.length / passes;
    return batch -> {
      int pass = (int) (batch.number() % passes);
      return Arrays.copyOfRange(targets, pass * each, (pass + 1) * each);
    };
  }

  static void lars(VectorCase given) {
    ViTConfig config = Networks.student(given, PositionEmbedding.LEARNED);
    Parameters parameters = Parameters.uninitialized(given.scope(), DType.F32);
    LinearProbe model =
        LinearProbe.create(parameters.root(), config, pooling(given), given.integer("classes"));
    Networks.load(given, "student", parameters);
    TrainingLoop loop = new TrainingLoop(given, parameters);
    LinearProbing training =
        new LinearProbing(
            model, parameters, TrainingLoop.pace(given), given.real("weight_decay"), Map.of());
    loop.run(training.updates(), training::loss);
    loop.check(training.updates());
    given.checks().number("final.head.0.num_batches_tracked", training.steps());

    int passes = given.integer("iters_per_epoch");
    Iterator<Batch> batches =
        IntStream.range(0, passes).mapToObj(pass -> loop.batch(0, pass, passes)).iterator();
    ClassifierScore score = ClassifierScore.of(given.scope(), model::forward, batches);
    given.checks().number("out.eval_loss", score.loss());
    given.checks().number("out.eval_acc1", score.top1());
    given.checks().number("out.eval_acc5", score.top5());
  }
}
