package io.github.maskalign.cli.train;

import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.cli.ModelPath;
import io.github.maskalign.cli.settings.SettingsSchema;
import io.github.maskalign.cli.settings.groups.ClassifierSettings;
import io.github.maskalign.cli.settings.groups.LabeledData;
import io.github.maskalign.cli.settings.groups.ModelSettings;
import io.github.maskalign.cli.settings.groups.RunSettings;
import io.github.maskalign.cli.settings.groups.Views;
import io.github.maskalign.cli.settings.groups.WeightSettings;
import io.github.maskalign.data.Augmentation;
import io.github.maskalign.data.BatchSampler;
import io.github.maskalign.data.DataLoader;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.LoaderOptions;
import io.github.maskalign.data.Transform;
import io.github.maskalign.eval.ClassifierScore;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.Quantity;
import io.github.maskalign.train.Metrics;
import io.github.maskalign.train.Rehearsal;
import io.github.maskalign.train.TrainStep;
import io.github.maskalign.train.Trainer;
import io.github.maskalign.train.TrainerConfig;
import io.github.maskalign.train.Training;
import io.github.maskalign.train.checkpoint.RunFolder;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.weights.NetworkFile;
import io.github.maskalign.vit.weights.Weights;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The steps that fine-tuning and linear probing share: data, weights, training, evaluation.
 *
 * @param <S> the record of settings
 */
public final class ClassifierRun<S extends Record & ClassifierSettings<S>> {

  /** Begins the names of the parameters of one head or two. */
  private static final String HEAD = "head";

  private final Session session;
  private final String command;
  private final S given;
  private final S settings;
  private final ModelSettings.Shape shape;
  private final Dataset train;
  private final @Nullable Dataset val;
  private final Parameters parameters;

  ClassifierRun(Session session, String command, S asked, SettingsSchema<S> schema) {
    this.session = session;
    this.command = command;
    this.given = RunStart.continued(asked.run(), schema, asked);
    RunStart.claim(session, given.run());
    LabeledData data = given.pictures();
    LabeledSets sets = LabeledSets.open(data.data(), data.evalData(), data.held());
    this.train = sets.known();
    this.val = sets.evaluated();
    if (classes().size() < 2) {
      throw new ArgumentException(
          "--data: %s has only the class %s; a classifier needs two or more, such as one subfolder each"
              .formatted(data.data(), String.join(", ", classes())));
    }
    Path weights = ModelPath.path(given.start().weights());
    ModelSettings.Shape stated = given.network().shape(weights);
    boolean classToken = stated.config().tokens().classToken();
    this.settings = given.completed(train.size(), classToken);
    // Without weights, the number of images decides the size of the network.
    this.shape = weights == null ? settings.network().shape() : stated;
    if (settings.start().pool() == WeightSettings.Pool.CLS && !classToken) {
      throw new ArgumentException(
          "--pool cls: the network has no class token; use --pool mean, its mean of the patches");
    }
    this.parameters = Parameters.initialized(session.scope(), DType.F32, settings.run().seed());
    System.out.printf(
        "Data: %s in %s%s%n",
        Quantity.of(train.size(), "image"),
        Quantity.of(classes().size(), "class"),
        val == null ? "" : ", %,d to evaluate on".formatted(val.size()));
    System.out.println("Schedule: " + settings.schedule().explanation());
    settings.schedule().warning(train.size()).ifPresent(System.out::println);
  }

  /** The settings, completed from the data. */
  S settings() {
    return settings;
  }

  /** The images to train on. */
  Dataset images() {
    return train;
  }

  List<String> classes() {
    return train.classNames();
  }

  /** The network's shape and preprocessing. */
  ModelSettings.Shape shape() {
    return shape;
  }

  BatchSampler batches() {
    return BatchSampler.shuffled(train.size(), settings.schedule().batch(), settings.run().seed());
  }

  /** The parameters, in which the command creates its classifier. */
  Parameters parameters() {
    return parameters;
  }

  /** The input of the head. */
  Pooling pooling() {
    return switch (Objects.requireNonNull(settings.start().pool())) {
      case MEAN -> Pooling.MEAN_PATCHES;
      case CLS -> Pooling.CLASS_TOKEN;
    };
  }

  /**
   * Loads the initial weights and reports them. Norms may be missing, and are then initialized;
   * parameters that only pre-training or another output uses are ignored. The head stays as it is,
   * and is not reported: the classes of one in the weights may be others.
   */
  void load() {
    Path place = ModelPath.path(settings.start().weights());
    if (place == null) {
      System.out.println("Weights: random");
      return;
    }
    Map<Tensor, float[]> head = new LinkedHashMap<>();
    for (Parameter each : parameters.all()) {
      if (each.name().startsWith(HEAD)) {
        head.put(each.value(), each.value().toFloats());
      }
    }
    try (NetworkFile file = NetworkFile.open(place);
        Scope scope = session.scope().child("head")) {
      System.out.printf(
          "Weights: %s: %s%n",
          file.file().location(place),
          file.withImageSize(shape.size())
              .loadTrunk(parameters, HEAD + "*", "fc_norm.*", "norm.*")
              .without(HEAD));
      head.forEach(
          (value, initial) ->
              scope.backend().copy(scope.eager().of(initial, value.shape().dims()), value));
    }
  }

  /**
   * Refuses a run whose files would not fit on the disk, and tells how long it will take.
   *
   * @param state numbers that the optimizer keeps
   * @param view the training's transform
   * @param trained the parameters that get gradients
   * @param loss of a batch, without a change of any state
   */
  void prepare(Transform view, Collection<Parameter> trained, long state, TrainStep.Loss loss) {
    RunSettings run = settings.run();
    long steps = settings.schedule().epochs() * batches().perEpoch();
    DiskNeed.require(List.of(DiskNeed.run(parameters, state, run, settings.schedule(), steps)));
    if (run.resume() || !TimeEstimate.wanted(given.schedule(), run.quiet())) {
      return;
    }
    Augmentation views = Augmentation.unlimited(view, run.seed());
    try (DataLoader loader =
        DataLoader.start(train, views, batches(), 0, 1, loading().withoutReport())) {
      double seconds =
          Rehearsal.ofStep(session.scope(), trained, loss).secondsPerImage(loader.next());
      int epochs = settings.schedule().epochs();
      new TimeEstimate(seconds * train.size() * epochs, epochs).tell(given.schedule());
    }
  }

  /** Trains, evaluates and writes the classifier with its metadata; returns the exit status. */
  int train(
      RunFolder folder,
      Training training,
      Transform view,
      ClassifierScore.Network network,
      Map<String, String> card) {
    RunSettings run = settings.run();
    TrainerConfig plan =
        new TrainerConfig(
                train,
                Augmentation.unlimited(view, run.seed()),
                batches(),
                settings.schedule().epochs(),
                settings.schedule().accumulate(),
                run.logging(),
                run.saving())
            .withLoading(loading())
            .withEvaluation(val == null ? List.of() : List.of(val));
    LoaderOptions evaluated = loading().reportingOnce();
    Trainer running =
        new Trainer(command, training, plan, folder, (_, _) -> measure(network, evaluated));
    if (run.resume()) {
      RunStart.resume(running, folder.model());
    }
    boolean done = running.train(session.stop(), run.quiet());
    running
        .bestScore()
        .ifPresent(best -> System.out.printf("Best: top-1 %.2f %%, %s%n", best, folder.best()));
    if (!done) {
      RunStart.tellStopped(command, folder);
      return session.stop().exitStatus();
    }
    Weights.save(folder.model(), parameters, card);
    System.out.printf("Weights: %s%nLog: %s%n", folder.model(), folder.log());
    return 0;
  }

  private LoaderOptions loading() {
    return session.loading(settings.loading().loading());
  }

  private Metrics measure(ClassifierScore.Network network, LoaderOptions loading) {
    if (val == null) {
      return Metrics.none();
    }
    ClassifierScore score =
        score(
            session.scope(),
            network,
            val,
            Views.plain(shape),
            settings.pictures().evalBatch(),
            loading);
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("eval_loss", score.loss());
    values.put("top1", score.top1());
    values.put("top5", score.top5());
    return Metrics.scored(values, score.top1());
  }

  /** Evaluates a network on all images of a data set. */
  public static ClassifierScore score(
      Scope scope,
      ClassifierScore.Network network,
      Dataset set,
      Transform view,
      int batch,
      LoaderOptions loading) {
    try (DataLoader loader = DataLoader.onePass(set, view, batch, loading)) {
      return ClassifierScore.of(scope, network, loader);
    }
  }
}
