package io.github.maskalign.cli.train;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.cli.settings.groups.ClassifierSettings;
import io.github.maskalign.cli.settings.groups.LabeledData;
import io.github.maskalign.cli.settings.groups.ModelSettings;
import io.github.maskalign.cli.settings.groups.RunSettings;
import io.github.maskalign.cli.settings.groups.Views;
import io.github.maskalign.data.Augmentation;
import io.github.maskalign.data.BatchSampler;
import io.github.maskalign.data.DataLoader;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.Transform;
import io.github.maskalign.eval.ClassifierScore;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.train.Metrics;
import io.github.maskalign.train.RunPlan;
import io.github.maskalign.train.Trainer;
import io.github.maskalign.train.Training;
import io.github.maskalign.train.checkpoint.RunFolder;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.weights.NetworkFile;
import io.github.maskalign.vit.weights.Weights;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What fine-tuning and the linear probe have in common: labeled pictures, weights, a run. */
public final class ClassifierProgram {

  private final Session session;
  private final String name;
  private final ClassifierSettings settings;
  private final ModelSettings.Shape shape;
  private final Dataset train;
  private final @Nullable Dataset val;
  private final Parameters parameters;

  ClassifierProgram(Session session, String name, ClassifierSettings settings) {
    this.session = session;
    this.name = name;
    this.settings = settings;
    LabeledData data = settings.pictures();
    this.shape = settings.network().shape(settings.start().weights());
    this.train = PictureSource.labeled("--data", data.data());
    this.val =
        data.evalData() == null ? null : PictureSource.labeled("--eval-data", data.evalData());
    this.parameters = Parameters.initialized(session.scope(), DType.F32, settings.run().seed());
    requireSameClasses();
    System.out.printf(
        "Data: %,d pictures of %d classes%s%n",
        train.size(),
        classes().size(),
        val == null ? "" : ", %,d to score on".formatted(val.size()));
    System.out.println("Learning: " + settings.schedule().explanation());
  }

  private void requireSameClasses() {
    if (val != null && !val.classNames().equals(train.classNames())) {
      throw new IllegalArgumentException(
          "--eval-data has the classes %s, --data has %s"
              .formatted(val.classNames(), train.classNames()));
    }
  }

  List<String> classes() {
    return train.classNames();
  }

  /** The network's shape, and how it sees pictures. */
  ModelSettings.Shape shape() {
    return shape;
  }

  BatchSampler batches() {
    return BatchSampler.shuffled(train.size(), settings.schedule().batch(), settings.run().seed());
  }

  /** The parameters of the classifier, which a program creates in them. */
  Parameters parameters() {
    return parameters;
  }

  /** How its head sees the network. */
  Pooling pooling() {
    return switch (settings.start().pool()) {
      case MEAN -> Pooling.MEAN_PATCHES;
      case CLS -> Pooling.CLASS_TOKEN;
    };
  }

  /**
   * Loads a network and says what was there. A head and the norms may be missing, and then are made
   * anew; what pre-training needed besides may be left over.
   */
  void load() {
    Path place = settings.start().weights();
    if (place == null) {
      System.out.println("Weights: random");
      return;
    }
    try (NetworkFile file = NetworkFile.open(place)) {
      System.out.printf(
          "Weights: %s: %s%n", place, file.load(parameters, "head.*", "fc_norm.*", "norm.*"));
    }
  }

  /** Trains, scores, and writes the classifier with its card; the exit status. */
  int train(
      RunFolder folder,
      Training training,
      Transform view,
      ClassifierScore.Network network,
      Map<String, String> card) {
    RunSettings run = settings.run();
    RunPlan plan =
        new RunPlan(
                train,
                Augmentation.unlimited(view, run.seed()),
                batches(),
                settings.schedule().epochs(),
                settings.schedule().accumulate(),
                run.logging(),
                run.saving())
            .withLoading(settings.loading().loading());
    Trainer running = new Trainer(name, training, plan, folder, (_, _) -> measure(network));
    if (run.resume()) {
      System.out.println("Resumed after step " + running.resume());
    }
    boolean done = running.train(session.stop(), run.quiet());
    running
        .bestScore()
        .ifPresent(best -> System.out.printf("Best: top-1 %.2f %%, %s%n", best, folder.best()));
    if (!done) {
      System.out.printf("Stopped; go on with --resume --out %s%n", folder);
      return session.stop().exitStatus();
    }
    Weights.save(folder.model(), parameters, card);
    System.out.printf("Weights: %s%nLog: %s%n", folder.model(), folder.log());
    return 0;
  }

  private Metrics measure(ClassifierScore.Network network) {
    if (val == null) {
      return Metrics.none();
    }
    ClassifierScore score =
        score(session.scope(), network, val, Views.plain(shape), settings.pictures().evalBatch());
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("eval_loss", score.loss());
    values.put("top1", score.top1());
    values.put("top5", score.top5());
    return Metrics.scored(values, score.top1());
  }

  /** Scores a network on all pictures of a set. */
  public static ClassifierScore score(
      Scope scope, ClassifierScore.Network network, Dataset set, Transform view, int batch) {
    try (DataLoader loader = DataLoader.onePass(set, view, batch)) {
      return ClassifierScore.of(scope, network, loader);
    }
  }
}
