package io.github.maskalign.vectors.kinds;

import static java.util.Objects.requireNonNull;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.autograd.optim.ParameterGroup;
import io.github.maskalign.data.Batch;
import io.github.maskalign.eval.ClassifierScore;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.train.FineTuning;
import io.github.maskalign.train.LinearProbing;
import io.github.maskalign.train.SoftTargets;
import io.github.maskalign.vectors.cases.VectorCase;
import io.github.maskalign.vit.LayerDecay;
import io.github.maskalign.vit.LinearProbe;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.PositionEmbedding;
import io.github.maskalign.vit.ViTClassifier;
import io.github.maskalign.vit.ViTConfig;
import java.util.ArrayList;
import java.util.Arrays;
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
                TrainingLoop.stepOptions(given),
                TrainingLoop.betas(given),
                decay,
                weightDecay,
                0,
                softTargets(given),
                0,
                Map.of()));
    loop.run(training.trainStep(), training::loss);
    loop.check(training.trainStep());
    double[] rates = new double[loop.rates().size() * groups.size()];
    Arrays.setAll(
        rates,
        i -> loop.rates().get(i / groups.size()) * groups.get(i % groups.size()).rateScale());
    given.checks().values("out.group_lr", rates, loop.rates().size(), groups.size());
  }

  private static SoftTargets softTargets(VectorCase given) {
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
            model,
            parameters,
            TrainingLoop.stepOptions(given),
            given.real("weight_decay"),
            Map.of());
    loop.run(training.trainStep(), training::loss);
    loop.check(training.trainStep());
    given.checks().number("final.head.0.num_batches_tracked", training.steps());

    int passes = given.integer("iters_per_epoch");
    List<Batch> batches =
        IntStream.range(0, passes).mapToObj(pass -> loop.batch(0, pass, passes)).toList();
    List<float[]> logits = new ArrayList<>();
    ClassifierScore score =
        ClassifierScore.of(
            given.scope(),
            (ops, images) -> {
              Tensor result = model.forward(ops, images);
              logits.add(result.toFloats());
              return result;
            },
            batches.iterator());
    given.checks().number("out.eval_loss", score.loss());
    given.checks().percentage("out.eval_acc1", score.top1(), margins(batches, logits, 1));
    given.checks().percentage("out.eval_acc5", score.top5(), margins(batches, logits, 5));
  }

  /** By how much the logit of each label is among the {@code top} largest. */
  private static double[] margins(List<Batch> batches, List<float[]> logits, int top) {
    return IntStream.range(0, batches.size())
        .mapToObj(i -> margins(requireNonNull(batches.get(i).labels()), logits.get(i), top))
        .flatMapToDouble(Arrays::stream)
        .toArray();
  }

  private static double[] margins(int[] labels, float[] logits, int top) {
    int classes = logits.length / labels.length;
    double[] margins = new double[labels.length];
    for (int i = 0; i < labels.length; i++) {
      float own = logits[i * classes + labels[i]];
      float[] others = Arrays.copyOfRange(logits, i * classes, (i + 1) * classes);
      others[labels[i]] = Float.NEGATIVE_INFINITY;
      Arrays.sort(others);
      margins[i] = own - others[classes - top];
    }
    return margins;
  }
}
