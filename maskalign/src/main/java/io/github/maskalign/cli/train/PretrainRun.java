package io.github.maskalign.cli.train;

import io.github.maskalign.Masking;
import io.github.maskalign.PretrainObjective;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.cli.ByteSize;
import io.github.maskalign.cli.ProgressLine;
import io.github.maskalign.cli.settings.SettingsSchema;
import io.github.maskalign.cli.settings.groups.ModelSettings;
import io.github.maskalign.cli.settings.groups.PretrainSettings;
import io.github.maskalign.cli.settings.groups.TeacherSettings;
import io.github.maskalign.cli.settings.groups.Views;
import io.github.maskalign.data.Augmentation;
import io.github.maskalign.data.Batch;
import io.github.maskalign.data.BatchSampler;
import io.github.maskalign.data.DataLoader;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.LoaderOptions;
import io.github.maskalign.eval.FeatureEvaluation;
import io.github.maskalign.eval.FeatureScore;
import io.github.maskalign.teacher.EmbeddedTeacher;
import io.github.maskalign.teacher.InputAdapter;
import io.github.maskalign.teacher.ViTTeacher;
import io.github.maskalign.teacher.cache.CachedTargets;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.error.Quantity;
import io.github.maskalign.train.Metrics;
import io.github.maskalign.train.Pretraining;
import io.github.maskalign.train.TargetSource;
import io.github.maskalign.train.TeacherTargets;
import io.github.maskalign.train.Trainer;
import io.github.maskalign.train.checkpoint.RunFolder;
import io.github.maskalign.train.checkpoint.StudentFiles;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.weights.ModelCard;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Assembles a pre-training run from its settings and runs it. */
public final class PretrainRun {

  private final Session session;
  private PretrainSettings settings;
  private final SettingsSchema<PretrainSettings> schema;

  public PretrainRun(
      Session session, PretrainSettings settings, SettingsSchema<PretrainSettings> schema) {
    this.session = session;
    this.settings = settings;
    this.schema = schema;
  }

  /** Runs it and returns the exit status. */
  public int run() {
    return RunStart.run(session, this::trained);
  }

  private int trained() {
    Scope scope = session.scope();
    PretrainSettings given = RunStart.continued(settings.run(), schema, settings);
    DataSetOption.required("--data", given.pictures().data());
    RunStart.claim(session, given.run());
    @Nullable ViTConfig taught = PretrainModel.taught(given);
    ValidationSets sets = ValidationSets.open(given.pictures());
    Dataset pictures = sets.trained();
    System.out.printf("Data: %s%n", Quantity.of(pictures.size(), "image"));
    settings = given.completed(pictures.size(), taught);
    ModelSettings.Shape shape = settings.student().shape();
    ChannelStats stats = shape.stats();
    FeatureEvaluation knn = sets.evaluation(Views.plain(shape), loading());

    ViTTeacher teacher = PretrainModel.teacher(scope, settings, stats);
    Parameters parameters = Parameters.initialized(scope, DType.F32, settings.run().seed());
    PretrainModel model = PretrainModel.create(parameters.root(), settings, teacher);
    ViT student = model.objective().student();
    introduce(model, parameters, pictures.size());
    if (teacher != null) {
      introduce(teacher);
    }

    Augmentation crops = settings.augmentation();
    DiskNeed.require(needs(model, parameters, pictures, crops));
    if (!settings.run().resume() && TimeEstimate.wanted(given.schedule(), settings.run().quiet())) {
      new PretrainRehearsal(settings, model, parameters)
          .estimate(batch(pictures, crops, batches(pictures)), pictures.size())
          .tell(given.schedule());
    }
    RunFolder folder = RunStart.folder(session, "pretrain", settings.run(), schema, settings);
    if (teacher != null && settings.teacher().teacher().equals(EmbeddedTeacher.NAME)) {
      EmbeddedTeacher.copyTo(folder.teacher());
    }
    long start = System.nanoTime();
    try (TargetSource targets = targets(model.targets(), pictures, crops)) {
      double prepared = (System.nanoTime() - start) * 1e-9;
      if (session.stop().requested()) {
        return RunStart.stoppedBefore(session);
      }
      BatchSampler batches = batches(pictures);
      AlignmentMetrics metrics =
          metrics(model, parameters, targets, batch(pictures, crops, batches));
      if (knn != null) {
        folder.saveScores(compareBefore(knn, teacher, student));
      }
      Trainer run =
          new Trainer(
              "pre-train",
              new Pretraining(
                  model.objective(),
                  parameters,
                  targets,
                  settings.recipe(batches.perEpoch()),
                  ModelCard.note(stats)),
              settings
                  .plan(pictures, crops, batches)
                  .withEvaluation(knn == null ? List.of() : List.of(knn.gallery(), knn.queries())),
              folder,
              (epochs, last) -> measure(metrics, knn, student, epochs, last));
      if (settings.run().resume()) {
        RunStart.resume(run, folder.weights());
      }
      run.spent(prepared);
      if (!run.train(session.stop(), settings.run().quiet())) {
        RunStart.tellStopped("pretrain", folder);
        return session.stop().exitStatus();
      }
    }
    Map<String, String> card = ModelCard.note(stats);
    StudentFiles.export(folder.weights(), parameters, teacher == null ? null : teacher.id(), card);
    System.out.printf("Weights: %s%nLog: %s%n", folder.weights(), folder.log());
    return 0;
  }

  /** The run's folder and the teacher cache, whose size is printed. */
  private List<DiskNeed.Part> needs(
      PretrainModel model, Parameters parameters, Dataset pictures, Augmentation crops) {
    List<DiskNeed.Part> parts = new ArrayList<>();
    int epochs = settings.schedule().epochs();
    parts.add(
        DiskNeed.run(
            parameters,
            2 * parameters.trainableSize(),
            settings.run(),
            settings.schedule(),
            epochs * batches(pictures).perEpoch()));
    TeacherSettings teacher = settings.teacher();
    if (model.targets() != null && teacher.teacherCache() > 0) {
      CachedTargets.Size size =
          CachedTargets.size(
              session.scope(), model.targets(), pictures, crops, cache(teacher), epochs);
      String text = ByteSize.text((long) size.whole());
      System.out.printf("Teacher cache: %s in %s%n", text, teacher.teacherCacheDir());
      parts.add(
          new DiskNeed.Part(
              teacher.teacherCacheDir(),
              Math.max(0, size.whole() - size.present()),
              "a teacher cache of " + text,
              "--teacher-cache"));
    }
    return parts;
  }

  private static CachedTargets.Place cache(TeacherSettings teacher) {
    return new CachedTargets.Place(teacher.teacherCacheDir(), teacher.teacherCacheType());
  }

  private void introduce(PretrainModel model, Parameters parameters, int images) {
    PretrainObjective objective = model.objective();
    TeacherTargets targets = model.targets();
    System.out.println("Teacher: " + (targets == null ? "none" : targets.teacherId().name()));
    System.out.printf(
        "Student: %,d parameters, %d of %d patches visible; %s%n",
        parameters.trainableSize(),
        objective.keptPatches(),
        objective.student().config().patches(),
        settings.method().method().description());
    System.out.println("Schedule: " + settings.schedule().explanation());
    settings.schedule().warning(images).ifPresent(System.out::println);
  }

  private static void introduce(ViTTeacher teacher) {
    teacher.notes().forEach(System.out::println);
    if (!teacher.network().config().tokens().classToken()) {
      System.out.printf(
          "Teacher without class token: the mean of its patches takes that place, and the"
              + " importance of patches is %s%n",
          teacher.importance().description());
    }
  }

  private List<FeatureScore> compareBefore(
      FeatureEvaluation knn, @Nullable ViTTeacher teacher, ViT student) {
    List<FeatureScore> scores = new ArrayList<>();
    if (teacher != null) {
      scores.add(score(knn, "teacher", teacher.network(), teacher.adapter()));
    }
    scores.add(score(knn, "student before training", student, InputAdapter.none()));
    scores.forEach(each -> System.out.printf("k-NN: %s %.1f %%%n", each.features(), each.knn()));
    return scores;
  }

  private FeatureScore score(
      FeatureEvaluation knn, String features, ViT network, InputAdapter adapter) {
    return new FeatureScore(features, knn.knn(session.scope(), network, adapter), null);
  }

  /** Null for methods without aligned levels. */
  private @Nullable AlignmentMetrics metrics(
      PretrainModel model, Parameters parameters, TargetSource source, Batch batch) {
    TeacherTargets targets = model.targets();
    if (targets == null) {
      return null;
    }
    Masking masking = new Masking(model.objective().mask(), settings.run().seed());
    return new AlignmentMetrics(
        model.objective(), targets.plan(), parameters, source, masking, batch);
  }

  private TargetSource targets(
      @Nullable TeacherTargets direct, Dataset pictures, Augmentation crops) {
    if (direct == null) {
      return TargetSource.none();
    }
    TeacherSettings teacher = settings.teacher();
    if (teacher.teacherCache() == 0) {
      return direct;
    }
    CachedTargets targets =
        CachedTargets.open(session.scope(), direct, pictures, crops, cache(teacher));
    System.out.println("Teacher cache: " + targets.path());
    try {
      CachedTargets.Filled filled = fill(targets);
      System.out.printf(
          "Teacher cache: %s reused, %,d computed%n",
          Quantity.of(filled.kept(), "crop"), filled.made());
      return targets;
    } catch (RuntimeException | Error e) {
      targets.close();
      throw e;
    }
  }

  private CachedTargets.Filled fill(CachedTargets targets) {
    try (ProgressLine line = ProgressLine.onStandardError("Teacher cache")) {
      CachedTargets.Progress progress = settings.run().quiet() ? (_, _) -> {} : line::update;
      return targets.fill(settings.schedule().epochs(), loading(), progress);
    }
  }

  private BatchSampler batches(Dataset pictures) {
    return BatchSampler.shuffled(
        pictures.size(), settings.schedule().batch(), settings.run().seed());
  }

  private Batch batch(Dataset pictures, Augmentation crops, BatchSampler batches) {
    try (DataLoader loader =
        DataLoader.start(pictures, crops, batches, 0, 1, loading().withoutReport())) {
      return loader.next();
    }
  }

  private LoaderOptions loading() {
    return session.loading(settings.loading().loading());
  }

  /** W after the first epoch, which shows early whether it moves, and at the end. */
  private Metrics measure(
      @Nullable AlignmentMetrics metrics,
      @Nullable FeatureEvaluation knn,
      ViT student,
      int epochs,
      boolean last) {
    Metrics alignment = metrics == null ? Metrics.none() : metrics.measure(epochs == 1 || last);
    int every = settings.pictures().evalEvery();
    boolean due = last || (every > 0 && epochs % every == 0);
    if (knn == null || !due) {
      return alignment;
    }
    double score = knn.knn(session.scope(), student, InputAdapter.none());
    return Metrics.scored(Map.of("knn", score), score).and(alignment);
  }
}
