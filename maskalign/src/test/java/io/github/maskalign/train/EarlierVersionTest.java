package io.github.maskalign.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.MaskAlign;
import io.github.maskalign.TeacherId;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.autograd.optim.CosineSchedule;
import io.github.maskalign.config.AlignmentConfig;
import io.github.maskalign.config.LevelWeights;
import io.github.maskalign.config.MaskKind;
import io.github.maskalign.data.Augmentation;
import io.github.maskalign.data.BatchSampler;
import io.github.maskalign.data.MemoryDataset;
import io.github.maskalign.data.augment.RandomResizedCrop;
import io.github.maskalign.eval.FeatureScore;
import io.github.maskalign.teacher.InputAdapter;
import io.github.maskalign.teacher.ViTTeacher;
import io.github.maskalign.teacher.cache.CachedTargets;
import io.github.maskalign.teacher.cache.StoredType;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.train.checkpoint.RunFolder;
import io.github.maskalign.train.log.LogReader;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.ChannelStats;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Opens what commit 7737c43 wrote: a run of six steps with the checkpoint of its third, and the
 * teacher cache that it trained on.
 */
class EarlierVersionTest {

  private static final ViTConfig NETWORK = ViTConfig.of(8, 4, 4, 1, 1).withChannels(1);
  private static final int STEPS = 6;

  @TempDir private Path folder;

  @BeforeEach
  void unpack() throws IOException {
    try (InputStream in = EarlierVersionTest.class.getResourceAsStream("run-7737c43.zip");
        ZipInputStream zip = new ZipInputStream(in)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path file = folder.resolve(entry.getName());
        Files.createDirectories(file.getParent());
        Files.write(file, zip.readAllBytes());
      }
    }
  }

  @Test
  void runResumesFromItsCheckpointAndTeacherCache() {
    RunFolder run = RunFolder.at(folder.resolve("run"));
    List<Map<String, Double>> before = LogReader.read(run.log());
    assertEquals(STEPS, before.size());
    try (Backends.Choice choice =
            Backends.open("reference", BackendOptions.defaults().withThreads(1));
        Scope scope = Scope.root(choice.backend(), "model")) {
      ViTTeacher teacher = teacher(scope);
      Parameters parameters = Parameters.initialized(scope, DType.F32, 99);
      MaskAlign model =
          MaskAlign.create(parameters.root(), NETWORK, teacher.dimensions(), alignment());
      BatchSampler batches = BatchSampler.shuffled(pictures().size(), 2, 7);
      CosineSchedule schedule = new CosineSchedule(2e-3, 1e-5, 1, 2);
      try (CachedTargets targets = cache(scope, new TeacherTargets(teacher, model.plan()))) {
        assertEquals(
            new CachedTargets.Filled(6, 0, true), targets.fill(2, () -> false, (_, _) -> {}));
        Pretraining training =
            new Pretraining(
                model,
                parameters,
                targets,
                Pretraining.Recipe.released(schedule, batches.perEpoch(), 0.05, 0.2, 3));
        TrainerConfig config =
            new TrainerConfig(
                pictures(),
                crops(),
                batches,
                2,
                1,
                TrainerConfig.Logging.every(1),
                TrainerConfig.Saving.standard());
        Trainer trainer = new Trainer("run", training, config, run, (_, _) -> Metrics.none());
        assertEquals(3, trainer.resume());
        assertEquals(51, trainer.bestScore().orElseThrow());
        try (StopSignal stop = StopSignal.install((_, _) -> null, _ -> {}, () -> {})) {
          assertTrue(trainer.train(stop, true));
        }
      }
    }
    List<Map<String, Double>> after = LogReader.read(run.log());
    for (int step = 0; step < STEPS; step++) {
      for (String key : List.of("step", "epoch", "loss", "lr", "grad_norm")) {
        double expected = before.get(step).get(key);
        assertEquals(expected, after.get(step).get(key), 1e-6 * Math.abs(expected), key);
      }
    }
  }

  @Test
  void settingsAreReadAndScoresAreWrittenAsBefore() throws IOException {
    RunFolder run = RunFolder.at(folder.resolve("run"));
    assertEquals("true", run.config(Map.class).get("grey"));
    RunFolder now = RunFolder.at(folder.resolve("now"));
    now.saveScores(List.of(new FeatureScore("student after training", 85.5, null)));
    assertEquals(Files.readString(run.scoresFile()), Files.readString(now.scoresFile()));
  }

  @Test
  void cacheOfAnotherFormatIsRejectedByName() throws IOException {
    try (Backends.Choice choice =
            Backends.open("reference", BackendOptions.defaults().withThreads(1));
        Scope scope = Scope.root(choice.backend(), "model")) {
      ViTTeacher teacher = teacher(scope);
      TeacherTargets direct =
          new TeacherTargets(teacher, alignment().plan(teacher.dimensions(), teacher.dimensions()));
      Path file;
      try (CachedTargets targets = cache(scope, direct)) {
        file = targets.path();
      }
      byte[] bytes = Files.readAllBytes(file);
      bytes["maskalign teacher cache\nformat: ".length()] = '9';
      Files.write(file, bytes);
      String message = assertThrows(FormatException.class, () -> cache(scope, direct)).getMessage();
      assertTrue(message.contains("format is 9"), message);
    }
  }

  private static ViTTeacher teacher(Scope scope) {
    Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
    TeacherId id = new TeacherId("fixture", "0", "none");
    return new ViTTeacher(id, ViT.create(parameters.root(), NETWORK), InputAdapter.none());
  }

  private static AlignmentConfig alignment() {
    return AlignmentConfig.released()
        .withMask(MaskKind.ATTENTIVE, 0.5)
        .withLevelWeights(LevelWeights.parse("top1"));
  }

  private CachedTargets cache(Scope scope, TeacherTargets direct) {
    CachedTargets.Place place = new CachedTargets.Place(folder.resolve("cache"), StoredType.F16);
    return CachedTargets.open(scope, direct, pictures(), crops(), place);
  }

  private static MemoryDataset pictures() {
    byte[] pixels = new byte[6 * 64];
    Philox random = Philox.of(11);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) random.bits(i);
    }
    return MemoryDataset.of(pixels, 1, 8, 8);
  }

  private static Augmentation crops() {
    ChannelStats stats = new ChannelStats(new double[] {0.5}, new double[] {0.25});
    RandomResizedCrop.Options options = RandomResizedCrop.Options.preTraining(8, 8);
    return new Augmentation(new RandomResizedCrop(options, stats), 3, 1);
  }
}
