package io.github.maskalign.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.autograd.optim.AdamW;
import io.github.maskalign.autograd.optim.CosineSchedule;
import io.github.maskalign.data.Batch;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.train.checkpoint.Checkpoint;
import io.github.maskalign.train.checkpoint.CheckpointStore;
import io.github.maskalign.train.checkpoint.RunFolder;
import io.github.maskalign.train.log.LogReader;
import io.github.maskalign.vit.LinearProbe;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.PositionEmbedding;
import io.github.maskalign.vit.ViTClassifier;
import io.github.maskalign.vit.ViTConfig;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Training stops within the step and names the first tensor that is not finite. */
class NonFiniteTest {

  private static String messageOf(TinyRun run, Batch batch) {
    String message =
        assertThrows(NonFiniteException.class, () -> run.training.step(List.of(batch)))
            .getMessage();
    assertEquals(0, run.training.steps());
    assertTrue(message.startsWith("step 1: "), message);
    return message;
  }

  private static void poison(TinyRun run, String name, float value) {
    Parameter parameter = run.parameters.get(name);
    Tensor tensor = parameter.value();
    float[] values = tensor.toFloats();
    values[values.length / 2] = value;
    tensor.owner().backend().upload(MemorySegment.ofArray(values), tensor);
  }

  @Test
  void aBadPixelNamesItsSample() {
    try (TinyRun run = new TinyRun("cpu", 1)) {
      Batch batch = run.firstBatch();
      int each = batch.pixels().length / batch.size();
      batch.pixels()[3 * each] = Float.POSITIVE_INFINITY;
      String message = messageOf(run, batch);
      String culprit = "the pixels of sample " + batch.samples()[3] + ";";
      assertTrue(message.contains(culprit), message);
    }
  }

  @Test
  void aBadWeightIsNamed() {
    try (TinyRun run = new TinyRun("cpu", 1)) {
      poison(run, "blocks.1.mlp.fc1.weight", Float.NaN);
      String message = messageOf(run, run.firstBatch());
      assertTrue(message.contains("parameter blocks.1.mlp.fc1.weight;"), message);
    }
  }

  @Test
  void anOverflowNamesTheOperation() {
    try (TinyRun run = new TinyRun("cpu", 1)) {
      poison(run, "distill_heads.1.bias", 3e38f);
      poison(run, "distill_heads.1.weight", 3e38f);
      String message = messageOf(run, run.firstBatch());
      assertTrue(message.contains("the result of "), message);
    }
  }

  /** Trains like another training, but its third update makes a value that is not finite. */
  private static final class Diverging extends DelegatingTraining {
    private final Runnable spoil;

    Diverging(Training training, Runnable spoil) {
      super(training);
      this.spoil = spoil;
    }

    @Override
    public StepReport step(Iterator<Batch> batches, int count) {
      StepReport report = super.step(batches, count);
      if (report.step() == 3) {
        spoil.run();
      }
      return report;
    }
  }

  private static void poison(Tensor tensor) {
    float[] values = tensor.toFloats();
    values[values.length - 1] = Float.NaN;
    tensor.owner().backend().upload(MemorySegment.ofArray(values), tensor);
  }

  @ParameterizedTest
  @CsvSource({
    "blocks.1.mlp.fc1.weight, the weight blocks.1.mlp.fc1.weight",
    "exp_avg_sq.blocks.0.norm1.bias, the moment exp_avg_sq.blocks.0.norm1.bias"
  })
  void whatAnUpdateSpoiledIsNeitherSavedNorReported(
      String tensor, String name, @TempDir Path folder) {
    try (TinyRun run = new TinyRun("cpu", 1);
        StopSignal never = StopSignal.install((_, _) -> null, _ -> {}, () -> {})) {
      Runnable spoil =
          () ->
              poison(
                  tensor.startsWith("exp_avg")
                      ? run.training.trainStep().optimizer().state().get(tensor)
                      : run.parameters.get(tensor).value());
      RunFolder out = RunFolder.at(folder);
      Trainer trainer =
          new Trainer(
              "test",
              new Diverging(run.training, spoil),
              run.plan(5, new TrainerConfig.Saving(1, 1)),
              out,
              (epochs, _) -> Metrics.scored(Map.of("score", (double) epochs), epochs));
      String message =
          assertThrows(NonFiniteException.class, () -> trainer.train(never, true)).getMessage();
      assertTrue(message.startsWith("step 3: " + name + " has the value NaN"), message);
      assertEquals(
          List.of(2L),
          new CheckpointStore(out.checkpoints(), 1).all().stream().map(Checkpoint::step).toList());
      assertEquals(2, new CheckpointStore(out.best(), 1).latest().orElseThrow().step());
      assertEquals(2, LogReader.read(out.log()).getLast().get("step"));
      assertEquals(2, trainer.resume());
      run.training.requireFinite();
    }
  }

  @Test
  void whatIsFoundBeforeTheLastCheckpointIsRecordedAsWell(@TempDir Path folder) throws IOException {
    AtomicReference<IntConsumer> signal = new AtomicReference<>();
    StopSignal.Signals signals =
        (_, handler) -> {
          signal.set(handler);
          return () -> {};
        };
    try (TinyRun run = new TinyRun("cpu", 1);
        StopSignal stop = StopSignal.install(signals, _ -> {}, () -> {})) {
      Runnable spoil =
          () -> {
            poison(run.parameters.get("blocks.1.mlp.fc1.weight").value());
            signal.get().accept(15);
          };
      RunFolder out = RunFolder.at(folder);
      Trainer trainer =
          new Trainer(
              "test",
              new Diverging(run.training, spoil),
              run.plan(1, new TrainerConfig.Saving(1000, 1)),
              out,
              (_, _) -> Metrics.none());
      String message =
          assertThrows(NonFiniteException.class, () -> trainer.train(stop, true)).getMessage();
      String failure = Files.readString(folder.resolve("failure.json"));
      assertTrue(failure.contains("the weight blocks.1.mlp.fc1.weight"), failure);
      assertTrue(message.startsWith("step 3: "), message);
      assertEquals(List.of(), new CheckpointStore(out.checkpoints(), 1).all());
    }
  }

  /** Loss and gradients are finite, but the decay of the weights is not. */
  @Test
  void anUpdateThatOverflowsIsNoticed() {
    try (Backends.Choice choice = Backends.open("cpu", BackendOptions.defaults());
        Scope scope = Scope.root(choice.backend(), "model")) {
      Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
      ViTClassifier model =
          ViTClassifier.create(
              parameters.root(),
              ViTConfig.of(8, 4, 8, 1, 1).withChannels(1).withPositions(PositionEmbedding.LEARNED),
              Pooling.MEAN_PATCHES,
              2);
      FineTuning training =
          new FineTuning(
              model,
              parameters,
              new FineTuning.Recipe(
                  TrainStep.Options.unclipped(new CosineSchedule(1e38, 0, 0, 1), 1),
                  AdamW.Betas.DEFAULT,
                  1,
                  100,
                  0,
                  SoftTargets.smoothed(2, 0.1),
                  1,
                  Map.of()));
      training.step(List.of(labeled()));
      String message = assertThrows(NonFiniteException.class, training::requireFinite).getMessage();
      assertTrue(message.startsWith("step 1: the weight "), message);
    }
  }

  private static Batch labeled() {
    float[] pixels = new float[2 * 64];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) Math.sin(i);
    }
    return new Batch(0, 0, pixels, new int[] {0, 1}, new int[] {0, 1}, 1, 8, 8);
  }

  @Test
  void runningStatisticsAreCheckedToo() {
    try (Backends.Choice choice = Backends.open("cpu", BackendOptions.defaults());
        Scope scope = Scope.root(choice.backend(), "model")) {
      Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
      LinearProbe model =
          LinearProbe.create(
              parameters.root(),
              ViTConfig.of(8, 4, 8, 1, 1).withChannels(1),
              Pooling.MEAN_PATCHES,
              2);
      LinearProbing training =
          new LinearProbing(
              model,
              parameters,
              TrainStep.Options.unclipped(new CosineSchedule(1e-3, 0, 0, 1), 1),
              0,
              Map.of());
      training.requireFinite();
      // Finite values whose squares are not.
      Parameter head = LinearProbe.trained(parameters).iterator().next();
      scope.backend().fill(head.value(), 3e38);
      training.requireFinite();
      Parameter variance =
          parameters.all().stream()
              .filter(parameter -> parameter.name().endsWith("running_var"))
              .findFirst()
              .orElseThrow();
      poison(variance.value());
      String message = assertThrows(NonFiniteException.class, training::requireFinite).getMessage();
      assertTrue(message.contains("the statistic " + variance.name() + " has"), message);
    }
  }
}
