package io.github.maskalign.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.data.Batch;
import io.github.maskalign.data.DataLoader;
import io.github.maskalign.tensor.MemoryStats;
import io.github.maskalign.tensor.Precision;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.train.checkpoint.CheckpointStore;
import io.github.maskalign.train.checkpoint.RunFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PretrainingTest {

  private static List<StepReport> train(TinyRun run, int steps) {
    List<StepReport> reports = new ArrayList<>();
    long from = run.training.steps();
    try (DataLoader loader = run.loader(from, from + steps)) {
      while (loader.hasNext()) {
        reports.add(run.training.step(List.of(loader.next())));
      }
    }
    return reports;
  }

  private static void assertSameBits(Map<String, float[]> expected, Map<String, float[]> found) {
    assertEquals(expected.keySet(), found.keySet());
    expected.forEach((name, values) -> assertArrayEquals(values, found.get(name), name));
  }

  private static Trainer training(TinyRun run, Path folder) {
    return new Trainer(
        "test", run.training, run.plan(1), RunFolder.at(folder), (_, _) -> Metrics.none());
  }

  private static StopSignal neverStopped() {
    return StopSignal.install((_, _) -> null, _ -> {}, () -> {});
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "BF16"})
  void lossFalls(Precision precision) {
    try (TinyRun run = new TinyRun("cpu", 1, precision)) {
      List<StepReport> reports = train(run, 60);
      double before = reports.subList(0, 5).stream().mapToDouble(StepReport::loss).sum();
      double after = reports.subList(55, 60).stream().mapToDouble(StepReport::loss).sum();
      assertTrue(after < 0.9 * before, "loss went from " + before + " to " + after);
      assertEquals(0, reports.getFirst().learningRate());
      assertEquals(12, reports.getLast().epoch());
    }
  }

  @Test
  void oneAndTwoThreadsGiveTheSameBits() {
    try (TinyRun one = new TinyRun("cpu", 1);
        TinyRun two = new TinyRun("cpu", 2)) {
      assertEquals(train(one, 8), train(two, 8));
      assertSameBits(one.values(), two.values());
    }
  }

  /** Stochastic depth included, of which a second run must draw the same. */
  @Test
  void recomputingGivesTheSameBits() {
    try (TinyRun kept = new TinyRun("cpu", 1);
        TinyRun again = TinyRun.recomputing("cpu", 1)) {
      assertEquals(train(kept, 8), train(again, 8));
      assertSameBits(kept.values(), again.values());
    }
  }

  /** Rounding the factors of products to 8 bits changes the curve a little. */
  @Test
  void bf16StaysNearF32() {
    try (TinyRun wide = new TinyRun("cpu", 1);
        TinyRun narrow = new TinyRun("cpu", 1, Precision.BF16)) {
      List<StepReport> expected = train(wide, 20);
      List<StepReport> found = train(narrow, 20);
      for (int i = 0; i < 20; i++) {
        assertEquals(expected.get(i).loss(), found.get(i).loss(), 0.02 * expected.get(i).loss());
      }
      assertNotEquals(expected.getLast().loss(), found.getLast().loss());
    }
  }

  @Test
  void cpuAndReferenceAgree() {
    try (TinyRun cpu = new TinyRun("cpu", 1);
        TinyRun reference = new TinyRun("reference", 1)) {
      List<StepReport> expected = train(reference, 3);
      List<StepReport> found = train(cpu, 3);
      for (int i = 0; i < 3; i++) {
        assertEquals(expected.get(i).loss(), found.get(i).loss(), 1e-4);
        assertEquals(expected.get(i).gradientNorm(), found.get(i).gradientNorm(), 1e-3);
      }
    }
  }

  @Test
  void memoryStaysAsItIs() {
    try (TinyRun run = new TinyRun("cpu", 2)) {
      train(run, 10);
      MemoryStats early = run.choice.backend().memory();
      train(run, 40);
      MemoryStats late = run.choice.backend().memory();
      assertEquals(early, late);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "BF16"})
  void resumedRunHasTheBitsOfAnUninterruptedOne(Precision precision, @TempDir Path folder) {
    CheckpointStore checkpoints = new CheckpointStore(folder, 1);
    Map<String, float[]> expected;
    List<StepReport> reports;
    try (TinyRun straight = new TinyRun("cpu", 1, precision)) {
      reports = train(straight, 14);
      expected = straight.values();
    }
    try (TinyRun first = new TinyRun("cpu", 1, precision)) {
      train(first, 8);
      checkpoints.save(8, first.training::save);
    }
    try (TinyRun second = new TinyRun("cpu", 2, precision)) {
      second.training.restore(checkpoints.latest().orElseThrow());
      assertEquals(8, second.training.steps());
      assertEquals(reports.subList(8, 14), train(second, 6));
      assertSameBits(expected, second.values());
    }
  }

  @Test
  void accumulatedHalvesEqualOneBatch() {
    try (TinyRun whole = new TinyRun("reference", 1);
        TinyRun halves = new TinyRun("reference", 1)) {
      Batch batch = whole.firstBatch();
      StepReport expected = whole.training.step(List.of(batch));
      StepReport found = halves.training.step(List.of(part(batch, 0, 4), part(batch, 4, 8)));
      assertEquals(expected.loss(), found.loss(), 1e-5);
      assertEquals(expected.gradientNorm(), found.gradientNorm(), 1e-4);
    }
  }

  private static Batch part(Batch batch, int from, int to) {
    int each = batch.pixels().length / batch.size();
    return new Batch(
        batch.number(),
        batch.epoch(),
        Arrays.copyOfRange(batch.pixels(), from * each, to * each),
        Arrays.copyOfRange(batch.samples(), from, to),
        null,
        batch.channels(),
        batch.height(),
        batch.width());
  }

  @Test
  void notANumberStopsBeforeTheWeightsAreTouched() {
    try (TinyRun run = new TinyRun("cpu", 1)) {
      Batch batch = run.firstBatch();
      batch.pixels()[17] = Float.NaN;
      Map<String, float[]> before = run.values();
      String message =
          assertThrows(RuntimeException.class, () -> run.training.step(List.of(batch)))
              .getMessage();
      assertTrue(message.contains("NaN"), message);
      int sample = batch.samples()[0];
      assertTrue(message.contains("the pixels of sample " + sample + ";"), message);
      assertSameBits(before, run.values());
    }
  }

  @Test
  void runWritesLogCheckpointsAndGoesOn(@TempDir Path temp) throws Exception {
    Path folder = temp.resolve("run");
    IntConsumer[] stopper = new IntConsumer[1];
    StopSignal.Signals signals =
        (name, handler) -> {
          stopper[0] = handler;
          return null;
        };
    try (TinyRun run = new TinyRun("cpu", 1);
        StopSignal stop = StopSignal.install(signals, _ -> {}, () -> {})) {
      stopper[0].accept(2);
      assertFalse(training(run, folder).train(stop, true));
      assertEquals(0, run.training.steps());
      assertEquals(130, stop.exitStatus());
    }
    Map<String, float[]> resumed;
    try (TinyRun run = new TinyRun("cpu", 1)) {
      Trainer rest = training(run, folder);
      assertEquals(0, rest.resume());
      assertTrue(rest.train(neverStopped(), true));
      assertEquals(TinyRun.EPOCHS * run.batches.perEpoch(), run.training.steps());
      resumed = run.values();
    }
    try (TinyRun run = new TinyRun("cpu", 1)) {
      train(run, (int) (TinyRun.EPOCHS * run.batches.perEpoch()));
      assertSameBits(run.values(), resumed);
    }
    List<String> lines = Files.readAllLines(folder.resolve("log.jsonl"));
    assertTrue(lines.getLast().startsWith("{\"step\":60,\"epoch\":11,"), lines.getLast());
    assertEquals(12, lines.size());
  }

  @Test
  void resumingWithoutCheckpointIsRefused(@TempDir Path folder) {
    try (TinyRun run = new TinyRun("cpu", 1)) {
      Trainer nothing = training(run, folder);
      String message = assertThrows(ArgumentException.class, nothing::resume).getMessage();
      assertTrue(message.contains("no complete checkpoint"), message);
    }
  }
}
