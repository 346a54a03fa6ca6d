package io.github.maskalign.train;

import io.github.maskalign.MaskAlign;
import io.github.maskalign.TeacherId;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.autograd.optim.CosineSchedule;
import io.github.maskalign.config.AlignmentConfig;
import io.github.maskalign.config.LevelWeights;
import io.github.maskalign.data.Augmentation;
import io.github.maskalign.data.Batch;
import io.github.maskalign.data.BatchSampler;
import io.github.maskalign.data.DataLoader;
import io.github.maskalign.data.MemoryDataset;
import io.github.maskalign.data.augment.RandomResizedCrop;
import io.github.maskalign.teacher.InputAdapter;
import io.github.maskalign.teacher.ViTTeacher;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Precision;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.ChannelStats;
import java.util.LinkedHashMap;
import java.util.Map;

/** A pre-training small enough for unit tests: 8-pixel pictures, two blocks of width 12. */
final class TinyRun implements AutoCloseable {

  static final int PICTURES = 40;
  static final int BATCH = 8;
  static final int EPOCHS = 12;

  private static final int SIDE = 8;
  private static final ViTConfig STUDENT = ViTConfig.of(SIDE, 2, 12, 2, 2).withChannels(1);
  private static final ChannelStats STATISTICS =
      new ChannelStats(new double[] {0.5}, new double[] {0.25});

  final Backends.Choice choice;
  final Scope scope;
  final Parameters parameters;
  final Pretraining training;
  final TargetSource source;
  final BatchSampler batches = BatchSampler.shuffled(PICTURES, BATCH, 7);

  private final Augmentation augmentation;

  /** Wraps the targets of the teacher in a source. */
  @FunctionalInterface
  interface Wrapper {
    TargetSource wrap(Scope scope, TeacherTargets direct);
  }

  /** A run that computes targets by the teacher, with new crops in every epoch. */
  TinyRun(String backend, int threads) {
    this(backend, threads, Precision.F32);
  }

  /** The same with factors of products in a precision. */
  TinyRun(String backend, int threads, Precision precision) {
    this(backend, threads, precision, Augmentation.UNLIMITED, (_, direct) -> direct, false);
  }

  /** The same with the student's blocks run again for the backward pass. */
  static TinyRun recomputing(String backend, int threads) {
    return new TinyRun(
        backend, threads, Precision.F32, Augmentation.UNLIMITED, (_, direct) -> direct, true);
  }

  TinyRun(String backend, int threads, int crops, Wrapper wrapper) {
    this(backend, threads, Precision.F32, crops, wrapper, false);
  }

  private TinyRun(
      String backend,
      int threads,
      Precision precision,
      int crops,
      Wrapper wrapper,
      boolean recompute) {
    augmentation = augmentation(crops);
    BackendOptions options = BackendOptions.defaults().withThreads(threads);
    choice = Backends.open(backend, options.withPrecision(precision));
    scope = Scope.root(choice.backend(), "model");
    Parameters teachers = Parameters.initialized(scope, DType.F32, 1);
    ViTTeacher teacher =
        new ViTTeacher(
            new TeacherId("random", "0", "none"),
            ViT.create(teachers.root(), STUDENT),
            InputAdapter.none());
    parameters = Parameters.initialized(scope, DType.F32, 2);
    AlignmentConfig alignment =
        AlignmentConfig.released().withLevelWeights(LevelWeights.parse("top2"));
    MaskAlign model =
        MaskAlign.create(parameters.root(), STUDENT, teacher.dimensions(), alignment)
            .withRecompute(recompute);
    CosineSchedule schedule = new CosineSchedule(2e-3, 1e-5, 1, EPOCHS);
    source = wrapper.wrap(scope, new TeacherTargets(teacher, model.plan()));
    training =
        new Pretraining(
            model,
            parameters,
            source,
            Pretraining.Recipe.released(schedule, batches.perEpoch(), 0.05, 0.2, 3));
  }

  static MemoryDataset pictures() {
    byte[] pixels = new byte[PICTURES * SIDE * SIDE];
    Philox random = Philox.of(11);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) random.bits(i);
    }
    return MemoryDataset.of(pixels, 1, SIDE, SIDE);
  }

  static Augmentation augmentation(int crops) {
    RandomResizedCrop.Options options = RandomResizedCrop.Options.preTraining(SIDE, SIDE);
    return new Augmentation(new RandomResizedCrop(options, STATISTICS), 3, crops);
  }

  TrainerConfig plan(int accumulate) {
    return plan(accumulate, TrainerConfig.Saving.standard());
  }

  TrainerConfig plan(int accumulate, TrainerConfig.Saving saving) {
    return new TrainerConfig(
        pictures(),
        augmentation,
        batches,
        EPOCHS,
        accumulate,
        TrainerConfig.Logging.every(5),
        saving);
  }

  DataLoader loader(long from, long until) {
    return DataLoader.start(pictures(), augmentation, batches, from, until);
  }

  /** The first batch as the loader makes it. */
  Batch firstBatch() {
    try (DataLoader loader = loader(0, 1)) {
      return loader.next();
    }
  }

  /** All values of all parameters, by name. */
  Map<String, float[]> values() {
    Map<String, float[]> values = new LinkedHashMap<>();
    for (Parameter parameter : parameters.all()) {
      values.put(parameter.name(), parameter.value().toFloats());
    }
    return values;
  }

  @Override
  public void close() {
    source.close();
    scope.close();
    choice.close();
  }
}
