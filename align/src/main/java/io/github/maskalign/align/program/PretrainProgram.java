package io.github.maskalign.align.program;

import io.github.maskalign.align.Masking;
import io.github.maskalign.align.Objective;
import io.github.maskalign.align.cache.CachedTargets;
import io.github.maskalign.align.data.Augmentation;
import io.github.maskalign.align.data.Batch;
import io.github.maskalign.align.data.BatchLoader;
import io.github.maskalign.align.data.Batches;
import io.github.maskalign.align.data.Pictures;
import io.github.maskalign.align.settings.SettingsSchema;
import io.github.maskalign.align.teacher.InputAdapter;
import io.github.maskalign.align.teacher.ViTTeacher;
import io.github.maskalign.align.train.FrozenScore;
import io.github.maskalign.align.train.Measures;
import io.github.maskalign.align.train.Pretraining;
import io.github.maskalign.align.train.RunFolder;
import io.github.maskalign.align.train.RunPlan;
import io.github.maskalign.align.train.StudentFiles;
import io.github.maskalign.align.train.TargetSource;
import io.github.maskalign.align.train.TeacherTargets;
import io.github.maskalign.align.train.TrainingRun;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.autograd.optim.AdamW;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.image.ChannelStats;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts a pre-training together from its settings, and runs it. */
final class PretrainProgram {

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
    ModelSettings.Shape shape = settings.student().shape();
    ChannelStats stats = shape.stats();
    Pictures pictures = PictureSource.open("--data", settings.pictures().data());
    System.out.printf("Data: %,d pictures%n", pictures.size());
    KnnWatch judge = KnnWatch.of(settings.pictures(), pictures, Views.plain(shape));

    ViTTeacher teacher = Learner.teacher(scope, settings, stats);
    Parameters parameters = Parameters.initialised(scope, DType.F32, settings.run().seed());
    Learner learner = Learner.create(parameters.root(), settings, teacher);
    ViT student = learner.objective().student();
    introduce(learner, parameters);

    Augmentation crops = crops();
    RunFolder folder = RunStart.folder("pretrain", settings.run(), schema, settings);
    long start = System.nanoTime();
    try (TargetSource targets = targets(learner.targets(), pictures, crops)) {
      double prepared = (System.nanoTime() - start) * 1e-9;
      if (session.stop().requested()) {
        return session.stop().exitStatus();
      }
      Batches batches =
          Batches.shuffled(pictures.size(), settings.schedule().batch(), settings.run().seed());
      AlignmentWatch watch = watch(learner, parameters, targets, batch(pictures, crops, batches));
      if (judge != null) {
        folder.saveScores(compareBefore(judge, teacher, student));
      }
      TrainingRun run =
          new TrainingRun(
              "pre-train",
              new Pretraining(learner.objective(), parameters, targets, recipe(batches)),
              plan(pictures, crops, batches),
              folder,
              (epochs, last) -> measure(watch, judge, student, epochs, last));
      if (settings.run().resume()) {
        System.out.println("Resumed after step " + run.resume());
      }
      run.spent(prepared);
      if (!run.train(session.stop(), settings.run().quiet())) {
        System.out.printf("Stopped; go on with --resume --out %s%n", folder);
        return session.stop().exitStatus();
      }
    }
    Map<String, String> card = ClassifierCard.pixels(stats);
    StudentFiles.export(folder.weights(), parameters, teacher == null ? null : teacher.id(), card);
    System.out.printf("Weights: %s%nLog: %s%n", folder.weights(), folder.log());
    return 0;
  }

  private void introduce(Learner learner, Parameters parameters) {
    Objective objective = learner.objective();
    TeacherTargets targets = learner.targets();
    System.out.println("Teacher: " + (targets == null ? "none" : targets.teacherId().name()));
    System.out.printf(
        "Student: %,d parameters, sees %d of %d patches; %s%n",
        parameters.trainableSize(),
        objective.keptPatches(),
        objective.student().config().patches(),
        settings.method().method().description());
    System.out.println("Learning: " + settings.schedule().explanation());
  }

  private List<FrozenScore> compareBefore(
      KnnWatch judge, @Nullable ViTTeacher teacher, ViT student) {
    List<FrozenScore> scores = new ArrayList<>();
    if (teacher != null) {
      scores.add(score(judge, "teacher", teacher.network(), teacher.adapter()));
    }
    scores.add(score(judge, "student before training", student, InputAdapter.none()));
    scores.forEach(each -> System.out.printf("k-NN: %s %.1f %%%n", each.features(), each.knn()));
    return scores;
  }

  private FrozenScore score(KnnWatch judge, String features, ViT network, InputAdapter adapter) {
    return new FrozenScore(features, judge.score(session.scope(), network, adapter), null);
  }

  /** Null where there are no levels to look at. */
  private @Nullable AlignmentWatch watch(
      Learner learner, Parameters parameters, TargetSource source, Batch batch) {
    TeacherTargets targets = learner.targets();
    if (targets == null) {
      return null;
    }
    Masking masking = new Masking(learner.objective().mask(), settings.run().seed());
    return new AlignmentWatch(
        learner.objective(), targets.plan(), parameters, source, masking, batch);
  }

  private Augmentation crops() {
    PretrainData data = settings.pictures();
    int kept = settings.teacher().teacherCache();
    return new Augmentation(
        Views.crop(settings.student().shape(), data.cropScale(), data.flip()),
        settings.run().seed(),
        kept == 0 ? Augmentation.UNLIMITED : kept);
  }

  private TargetSource targets(
      @Nullable TeacherTargets direct, Pictures pictures, Augmentation crops) {
    if (direct == null) {
      return TargetSource.none();
    }
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
    CachedTargets.Progress progress =
        settings.run().quiet() ? (_, _) -> {} : new FillProgress(System.err, System::nanoTime);
    try {
      CachedTargets.Filled filled =
          targets.fill(settings.schedule().epochs(), session.stop()::requested, progress);
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
    return new Pretraining.Recipe(
        schedule.pace(batches.perEpoch(), optimiser.clip()),
        new AdamW.Betas(optimiser.beta1(), optimiser.beta2()),
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
            settings.run().saving())
        .withLoading(settings.loading().loading());
  }

  /** W after the first epoch, which shows early whether it moves, and at the end. */
  private Measures measure(
      @Nullable AlignmentWatch watch,
      @Nullable KnnWatch judge,
      ViT student,
      int epochs,
      boolean last) {
    Measures alignment = watch == null ? Measures.none() : watch.measure(epochs == 1 || last);
    int every = settings.pictures().evalEvery();
    boolean due = last || (every > 0 && epochs % every == 0);
    if (judge == null || !due) {
      return alignment;
    }
    double score = judge.score(session.scope(), student, InputAdapter.none());
    return Measures.scored(Map.of("knn", score), score).and(alignment);
  }
}
