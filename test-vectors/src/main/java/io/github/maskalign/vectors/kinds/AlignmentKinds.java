package io.github.maskalign.vectors.kinds;

import io.github.maskalign.AlignmentLoss;
import io.github.maskalign.MaskAlign;
import io.github.maskalign.TargetNormalizer;
import io.github.maskalign.Targets;
import io.github.maskalign.TeacherOutput;
import io.github.maskalign.TeacherRequest;
import io.github.maskalign.config.AlignmentConfig;
import io.github.maskalign.config.AlignmentPlan;
import io.github.maskalign.config.Fusion;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.vectors.cases.VectorCase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** One forward and backward pass of MaskAlign. */
final class AlignmentKinds {

  private AlignmentKinds() {}

  static void loss(VectorCase given) {
    Alignment alignment = Alignment.create(given);
    MaskAlign maskAlign = alignment.maskAlign();
    AlignmentPlan plan = maskAlign.plan();
    Tensor images = given.tensor("in.images");
    int[] visible = MaskKinds.visible(given, plan.keptPatches());
    // The reference data contain all levels; training computes only those with a weight.
    TeacherRequest everything = new TeacherRequest(plan.teacher().depth(), true);
    TeacherOutput output = alignment.teacher().forward(given.scope().eager(), images, everything);
    given.checks().tensor("out.importance", output.importance());
    given.differentiate(
        Networks.trainable(alignment.parameters()),
        ops -> {
          Targets targets = maskAlign.targets(output);
          MaskAlign.Result result =
              maskAlign.forward(ops, images, targets, visible, alignment.depth(given));
          given.checks().stacked("out.hidden", result.hidden());
          allLevels(given, maskAlign, result.hidden(), output, visible);
          return Map.of("loss", result.loss().total());
        });
  }

  /** Predictions, targets and distances of all levels, also those without a weight. */
  private static void allLevels(
      VectorCase given,
      MaskAlign maskAlign,
      List<Tensor> hidden,
      TeacherOutput output,
      int[] visible) {
    AlignmentPlan plan = maskAlign.plan();
    AlignmentConfig config = plan.config();
    int levels = config.fusion() == Fusion.SUM ? plan.teacher().depth() : plan.student().depth();
    try (Scope scope = given.scope().child("all levels")) {
      Eager ops = scope.eager();
      List<Tensor> predictions =
          maskAlign.alignment().predict(ops, hidden, IntStream.range(0, levels).boxed().toList());
      Tensor tokens = MaskKinds.classAndPatches(ops, visible, hidden.getFirst().dim(0));
      List<Tensor> targets = new ArrayList<>();
      double[] distances = new double[levels];
      for (int i = 0; i < levels; i++) {
        targets.add(TargetNormalizer.target(ops, config.targetNorm(), output.level(i), tokens));
        distances[i] =
            AlignmentLoss.distance(ops, config.loss(), predictions.get(i), targets.get(i)).item();
      }
      given.checks().stacked("out.student", predictions);
      given.checks().stacked("out.teacher", targets);
      given.checks().values("out.layer_loss", distances, levels);
    }
  }
}
