package io.github.maskalign.align.program;

import io.github.maskalign.align.MaskAlign;
import io.github.maskalign.align.Masking;
import io.github.maskalign.align.cache.CachedTargets;
import io.github.maskalign.align.data.Augmentation;
import io.github.maskalign.align.data.Batch;
import io.github.maskalign.align.data.BatchLoader;
import io.github.maskalign.align.data.Batches;
import io.github.maskalign.align.data.Pictures;
import io.github.maskalign.align.settings.SettingsSchema;
import io.github.maskalign.align.teacher.InputAdapter;
import io.github.maskalign.align.teacher.ViTTeacher;
import io.github.maskalign.align.train.Measures;
import io.github.maskalign.align.train.Pretraining;
import io.github.maskalign.align.train.RunFolder;
import io.github.maskalign.align.train.RunPlan;
import io.github.maskalign.align.train.StudentFiles;
import io.github.maskalign.align.train.TargetSource;
import io.github.maskalign.align.train.TeacherTargets;
import io.github.maskalign.align.train.TrainingRun;
import io.github.maskalign.align.train.Updates;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.autograd.optim.AdamW;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.vit.image.ChannelStats;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts a pre-training together from its settings, and runs it. */
final class PretrainProgram {

  private static final double ADAM_EPS = 1e-8;

  private final Session session;
  private final PretrainSettings settings;
  private final SettingsSchema<PretrainSettings> schema;

  PretrainProgram(
      Session session, PretrainSettings settings, SettingsSchema<PretrainSettings> schema) {
    this.session = session;
    this.settings = settings;
    this.schema = schema;
  }

  /** The exit status. */
  int run() {
    Scope scope = session.scope();
    ModelSettings shape = settings.student();
    ChannelStats stats = shape.normalise().stats(shape.channels());
    Pictures pictures = PictureSource.open("--data", settings.pictures().data());
    System.out.printf("Data: %,d pictures%n", pictures.size());
    KnnWatch judge = KnnWatch.of(settings.pictures(), pictures, Views.plain(shape, stats));

    ViTTeacher teacher = TeacherSource.open(scope, settings.teacher(), shape.config(), stats);
    System.out.println("Teacher: " + teacher.id().name());
    Parameters parameters = Parameters.initialised(scope, DType.F32, settings.run().seed());
    MaskAlign model =
        MaskAlign.create(
                parameters.root(),
                shape.config(),
                teacher.dimensions(),
                settings.alignment().config())
            .withRecompute(settings.optimiser().recompute());
    System.out.printf(
        "Student: %,d parameters, sees %d of %d patches%n",
        parameters.trainableSize(), model.plan().keptPatches(), model.plan().student().patches());
    System.out.println("Learning: " + settings.schedule().explanation());

    Augmentation crops = crops(stats);
    RunFolder folder = RunStart.folder("pretrain", settings.run(), schema, settings);
    try (TargetSource targets =
        targets(new TeacherTargets(teacher, model.plan()), pictures, crops)) {
      if (session.stop().requested()) {
        return session.stop().exitStatus();
      }
      Batches batches =
          Batches.shuffled(pictures.size(), settings.schedule().batch(), settings.run().seed());
      Batch first = batch(pictures, crops, batches);
      AlignmentWatch watch =
          new AlignmentWatch(
              model,
              parameters,
              targets,
              new Masking(settings.alignment().mask(), settings.run().seed()),
              first);
      if (judge != null) {
        System.out.printf(
            "k-NN: teacher %.1f %%, student before training %.1f %%%n",
            judge.score(scope, teacher.network(), teacher.adapter()),
            judge.score(scope, model.student(), InputAdapter.none()));
      }
      TrainingRun run =
          new TrainingRun(
              "pre-train",
              new Pretraining(model, parameters, targets, recipe(batches)),
              plan(pictures, crops, batches),
              folder,
              (epochs, last) -> measure(watch, judge, model, epochs, last));
      if (settings.run().resume()) {
        System.out.println("Resumed after step " + run.resume());
      }
      if (!run.train(session.stop(), settings.run().quiet())) {
        System.out.printf("Stopped; go on with --resume --out %s%n", folder);
        return session.stop().exitStatus();
      }
    }
    Map<String, String> card = ModelCard.of(shape.config(), stats).metadata();
    StudentFiles.export(folder.weights(), parameters, teacher.id(), card);
    System.out.printf("Weights: %s%nLog: %s%n", folder.weights(), folder.log());
    return 0;
  }

  private Augmentation crops(ChannelStats stats) {
    PretrainData data = settings.pictures();
    int kept = settings.teacher().teacherCache();
    return new Augmentation(
        Views.crop(settings.student(), stats, data.cropScale(), data.flip()),
        settings.run().seed(),
        kept == 0 ? Augmentation.UNLIMITED : kept);
  }

  private TargetSource targets(TeacherTargets direct, Pictures pictures, Augmentation crops) {
    TeacherSettings teacher = settings.teacher();
    if (teacher.teacherCache() == 0) {
      return direct;
    }
    CachedTargets targets =
        CachedTargets.open(
            session.scope(),
            direct,
            pictures,
            crops,
            new CachedTargets.Place(teacher.teacherCacheDir(), teacher.teacherCacheType()));
    System.out.println("Teacher cache: " + targets.path());
    try {
      CachedTargets.Filled filled =
          targets.fill(
              settings.schedule().epochs(), session.stop()::requested, (made, lacking) -> {});
      System.out.printf("Teacher cache: %,d crops found, %,d made%n", filled.kept(), filled.made());
      return targets;
    } catch (RuntimeException | Error e) {
      targets.close();
      throw e;
    }
  }

  private static Batch batch(Pictures pictures, Augmentation crops, Batches batches) {
    try (BatchLoader loader = BatchLoader.start(pictures, crops, batches, 0, 1)) {
      return loader.next();
    }
  }

  private Pretraining.Recipe recipe(Batches batches) {
    Schedule schedule = settings.schedule();
    PretrainSettings.Optimiser optimiser = settings.optimiser();
    Double clip = optimiser.clip();
    return new Pretraining.Recipe(
        new Updates.Pace(
            schedule.rates(), batches.perEpoch(), clip == null ? Double.POSITIVE_INFINITY : clip),
        new AdamW.Betas(optimiser.beta1(), optimiser.beta2(), ADAM_EPS),
        schedule.weightDecay(),
        optimiser.dropPath(),
        settings.run().seed());
  }

  private RunPlan plan(Pictures pictures, Augmentation crops, Batches batches) {
    return new RunPlan(
        pictures,
        crops,
        batches,
        settings.schedule().epochs(),
        settings.schedule().accumulate(),
        settings.run().logging(),
        settings.run().saving());
  }

  /** W after the first epoch, which shows early whether it moves, and at the end. */
  private Measures measure(
      AlignmentWatch watch, @Nullable KnnWatch judge, MaskAlign model, int epochs, boolean last) {
    Measures alignment = watch.measure(epochs == 1 || last);
    int every = settings.pictures().evalEvery();
    boolean due = last || (every > 0 && epochs % every == 0);
    if (judge == null || !due) {
      return alignment;
    }
    double score = judge.score(session.scope(), model.student(), InputAdapter.none());
    return Measures.scored(Map.of("knn", score), score).and(alignment);
  }
}
