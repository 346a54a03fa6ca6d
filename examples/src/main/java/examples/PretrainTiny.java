package examples;

import io.github.maskalign.MaskAlign;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.cli.Main;
import io.github.maskalign.cli.settings.SettingsCommand;
import io.github.maskalign.cli.settings.SettingsOptions;
import io.github.maskalign.cli.settings.groups.ModelSettings;
import io.github.maskalign.cli.settings.groups.PretrainSettings;
import io.github.maskalign.cli.settings.groups.Views;
import io.github.maskalign.cli.train.RunStart;
import io.github.maskalign.cli.train.Session;
import io.github.maskalign.data.BatchSampler;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.sets.DataSets;
import io.github.maskalign.eval.FeatureEvaluation;
import io.github.maskalign.eval.FeatureScore;
import io.github.maskalign.teacher.EmbeddedTeacher;
import io.github.maskalign.teacher.ViTTeacher;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.train.Metrics;
import io.github.maskalign.train.Pretraining;
import io.github.maskalign.train.TeacherTargets;
import io.github.maskalign.train.Trainer;
import io.github.maskalign.train.checkpoint.RunFolder;
import io.github.maskalign.train.checkpoint.StudentFiles;
import io.github.maskalign.train.log.MixKeys;
import io.github.maskalign.vit.weights.ModelCard;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine;

/**
 * MaskAlign pre-training on one page: a student ViT sees 30 % of the patches of 8,000 Fashion-MNIST
 * images, without labels, and learns to align its levels with those of a teacher that sees all
 * patches. Its frozen features are then evaluated on 2,000 other images by k-NN and a linear probe.
 * Every value comes from the recipe {@code tiny}, a YAML resource of the package {@code
 * cli.settings}; {@link CustomTrainingLoop} writes out what {@link Trainer} does in a step.
 */
@CommandLine.Command(
    name = "pretrain-tiny",
    description =
        "Pre-trains a small student on embedded images and evaluates its features. For other"
            + " settings, run 'maskalign pretrain --recipe tiny'.")
public final class PretrainTiny extends SettingsCommand<PretrainSettings> {

  private static final Set<String> OPTIONS =
      Set.of(
          "epochs", "seed", "batch", "accumulate", "backend", "threads", "out", "resume", "quiet");

  /** For the service loader. */
  public PretrainTiny() {
    super(SettingsOptions.preset(PretrainSettings.class, "pretrain", "tiny", OPTIONS));
  }

  /** Runs the program by itself. */
  public static void main(String[] args) {
    Main.main(Stream.concat(Stream.of("pretrain-tiny"), Stream.of(args)).toArray(String[]::new));
  }

  @Override
  public int run(PretrainSettings settings) {
    long start = System.nanoTime();
    long seed = settings.run().seed();
    ModelSettings.Shape shape = settings.student().shape();
    try (Session session = Session.stoppable(settings.machine(), RunStart.ON_STOP)) {
      Scope scope = session.scope();
      Dataset train = DataSets.named(settings.pictures().data());
      Dataset val = DataSets.named(settings.pictures().evalData());
      System.out.printf(
          "Data: %d Fashion-MNIST images to pre-train on without labels, %d to evaluate%n",
          train.size(), val.size());

      ViTTeacher teacher = EmbeddedTeacher.load(scope);
      System.out.println("Teacher: " + teacher.id().name());
      Parameters parameters = Parameters.initialized(scope, DType.F32, seed);
      MaskAlign model =
          MaskAlign.create(
              parameters.root(),
              shape.config(),
              teacher.dimensions(),
              settings.alignment().config());
      System.out.printf(
          "Student: %,d parameters, sees %d of %d patches%n",
          parameters.trainableSize(), model.keptPatches(), shape.config().patches());

      RunFolder folder =
          RunStart.folder(session, "pretrain-tiny", settings.run(), schema(), settings);
      EmbeddedTeacher.copyTo(folder.teacher());
      FeatureEvaluation evaluation = new FeatureEvaluation(train, val, Views.plain(shape));
      List<FeatureScore> scores = new ArrayList<>();
      scores.add(evaluation.pixels("raw pixels", session.backend(), seed));
      scores.add(evaluation.network("student before training", scope, model.student(), seed));

      BatchSampler batches = BatchSampler.shuffled(train.size(), settings.schedule().batch(), seed);
      Pretraining training =
          new Pretraining(
              model,
              parameters,
              new TeacherTargets(teacher, model.plan()),
              settings.recipe(batches.perEpoch()),
              ModelCard.note(shape.stats()));
      Trainer trainer =
          new Trainer(
              "pre-train",
              training,
              settings.plan(train, settings.augmentation(), batches),
              folder,
              // Logs the mixing matrix W after every epoch.
              (_, _) -> Metrics.logged(MixKeys.entries(parameters, model.plan().levelIndices())));
      if (settings.run().resume()) {
        RunStart.resume(trainer, folder.weights());
      }
      if (!trainer.train(session.stop(), settings.run().quiet())) {
        RunStart.tellStopped("pretrain-tiny", folder);
        return session.stop().exitStatus();
      }
      StudentFiles.export(
          folder.weights(), parameters, teacher.id(), ModelCard.note(shape.stats()));

      scores.add(evaluation.network("student after training", scope, model.student(), seed));
      scores.add(evaluation.network("teacher", scope, teacher.network(), seed));
      folder.saveScores(scores);
      System.out.printf("%n%-26s%8s%15s%n", "features", "k-NN", "linear probe");
      for (FeatureScore score : scores) {
        System.out.printf("%-26s%7.1f%%%14.1f%%%n", score.features(), score.knn(), score.probe());
      }
      System.out.printf(
          "%nWeights: %s%nLog: %s%nTime: %.0f s%n",
          folder.weights(), folder.log(), (System.nanoTime() - start) * 1e-9);
    }
    return 0;
  }
}
