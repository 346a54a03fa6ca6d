package io.github.maskalign.cli.train;

import io.github.maskalign.AlignmentLoss;
import io.github.maskalign.Masking;
import io.github.maskalign.PretrainObjective;
import io.github.maskalign.Targets;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.config.AlignmentPlan;
import io.github.maskalign.data.Batch;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.train.Metrics;
import io.github.maskalign.train.TargetSource;
import io.github.maskalign.train.log.MixKeys;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Metrics of the alignment: each level's share of the loss on one batch, and the mixing matrix W.
 *
 * @param objective student and loss
 * @param plan of its levels
 * @param parameters of the student
 * @param targets of the batch
 * @param masking of the batch
 * @param batch to evaluate
 */
record AlignmentMetrics(
    PretrainObjective objective,
    AlignmentPlan plan,
    Parameters parameters,
    TargetSource targets,
    Masking masking,
    Batch batch) {

  /** The shares for the log, optionally with W as text. */
  Metrics measure(boolean matrix) {
    Map<String, Double> shares = shares();
    shares.putAll(MixKeys.entries(parameters, plan.levelIndices()));
    return Metrics.logged(shares).with(matrix ? mix() : List.of());
  }

  private Map<String, Double> shares() {
    try (Scope inner = parameters.scope().child("metrics")) {
      Ops ops = inner.ops();
      Tensor images = batch.images(ops);
      Targets target = targets.targets(ops, batch, images);
      long[] samples = Arrays.stream(batch.samples()).asLongStream().toArray();
      int[] visible = objective.visible(masking, target, batch.number(), samples);
      AlignmentLoss loss = objective.loss(ops, images, target, visible, null);
      double total = loss.total().item();
      Map<String, Double> shares = new LinkedHashMap<>();
      List<AlignmentPlan.Level> levels = plan.levels();
      for (int i = 0; i < levels.size(); i++) {
        double part = levels.get(i).weight() * loss.levels().get(i).item();
        shares.put("share_level_" + levels.get(i).index(), part / total);
      }
      return shares;
    }
  }

  /** The rows of the weighted levels; empty without mixing. */
  private List<String> mix() {
    Parameter weights = parameters.get(MixKeys.PARAMETER);
    if (weights == null) {
      return List.of();
    }
    int students = weights.value().dim(1);
    float[] values = weights.value().toFloats();
    List<String> lines = new ArrayList<>();
    lines.add("W (rows: teacher levels, columns: student levels 0 to " + (students - 1) + "):");
    for (int level : plan.levelIndices()) {
      String row =
          Arrays.stream(box(values, level * students, students))
              .map(value -> String.format(Locale.ROOT, "%6.3f", value))
              .collect(Collectors.joining(" "));
      lines.add("  level %2d: %s".formatted(level, row));
    }
    return lines;
  }

  private static Float[] box(float[] values, int from, int count) {
    Float[] boxed = new Float[count];
    Arrays.setAll(boxed, i -> values[from + i]);
    return boxed;
  }
}
