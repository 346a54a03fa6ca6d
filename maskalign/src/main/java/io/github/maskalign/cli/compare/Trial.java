package io.github.maskalign.cli.compare;

import io.github.maskalign.cli.eval.FrozenNetwork;
import io.github.maskalign.cli.settings.SettingsSchema;
import io.github.maskalign.cli.settings.groups.PretrainSettings;
import io.github.maskalign.cli.settings.groups.Views;
import io.github.maskalign.cli.train.PretrainRun;
import io.github.maskalign.cli.train.Session;
import io.github.maskalign.cli.train.ValidationSets;
import io.github.maskalign.eval.FeatureEvaluation;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.train.checkpoint.CheckpointStore;
import io.github.maskalign.train.checkpoint.RunFolder;
import io.github.maskalign.train.log.LogReader;
import io.github.maskalign.vit.weights.PretrainedViT;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A pre-training run of a comparison.
 *
 * @param variant name of the variant
 * @param values its settings as text
 * @param folder of the run
 */
record Trial(String variant, Map<String, String> values, Path folder) {

  private static final String KNN = "knn";

  /**
   * Runs the trial, or resumes it after an interruption.
   *
   * @return the result; empty if it was interrupted
   */
  Optional<TrialResult> run(Session outer, SettingsSchema<PretrainSettings> schema) {
    Map<String, String> all = new HashMap<>(values);
    all.put("out", folder.toString());
    all.put("resume", Boolean.toString(hasCheckpoint()));
    PretrainSettings settings = schema.build(all);
    try (Session session = outer.inner("trial")) {
      if (new PretrainRun(session, settings, schema).run() != 0) {
        return Optional.empty();
      }
    }
    try (Session session = outer.inner("evaluation")) {
      return Optional.of(result(session, settings));
    }
  }

  private boolean hasCheckpoint() {
    return new CheckpointStore(RunFolder.at(folder).checkpoints(), 1).latest().isPresent();
  }

  private TrialResult result(Session session, PretrainSettings settings) {
    RunFolder run = RunFolder.at(folder);
    List<Map<String, Double>> lines = LogReader.read(run.log());
    List<TrialResult.Point> curve = new ArrayList<>();
    for (Map<String, Double> line : lines) {
      if (line.containsKey(KNN)) {
        curve.add(new TrialResult.Point(line.get("epoch") + 1, line.get("train_s"), line.get(KNN)));
      }
    }
    double[] speeds =
        lines.stream().mapToDouble(line -> line.get("images_per_s")).sorted().toArray();
    return new TrialResult(
        variant,
        settings.run().seed(),
        values,
        curve,
        speeds[speeds.length / 2],
        Map.of(Comparison.PROBE, probe(session, settings, run.weights())));
  }

  private static double probe(Session session, PretrainSettings settings, Path weights) {
    Scope scope = session.scope();
    PretrainedViT student = FrozenNetwork.load(scope, weights, null);
    FeatureEvaluation knn =
        ValidationSets.open(settings.pictures())
            .evaluation(
                Views.plain(
                    student.network().config().imageSize(),
                    settings.student().evalCrop(),
                    student.preprocessing().stats()),
                session.loading(settings.loading().loading()));
    return knn.linear(scope, student.network(), settings.run().seed());
  }
}
