package io.github.maskalign.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.cuda.emulator.Emulator;
import io.github.maskalign.cuda.emulator.OnEmulator;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.MemoryStats;
import io.github.maskalign.tensor.Precision;
import io.github.maskalign.tensor.error.OutOfMemoryException;
import io.github.maskalign.train.StepReport;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Training steps as a whole: against the CPU, and what they take of the device. */
@OnEmulator
class TrainingTest {

  private static final int STEPS = 10;
  private static final int BATCH = 8;
  private static final double RATE = 2e-3;

  /** Losses step by step, and the weights behind the last. */
  private record Trained(List<StepReport> steps, Map<String, float[]> values) {}

  private static Trained onCpu() {
    try (Backend cpu = Gpus.openCpu();
        TinyTraining training = new TinyTraining(cpu, BATCH)) {
      return new Trained(training.steps(STEPS, _ -> {}), training.values());
    }
  }

  private static Trained onDevice(Precision precision) {
    try (CudaBackend backend = new CudaBackend(Gpus.open(), precision);
        TinyTraining training = new TinyTraining(backend, BATCH)) {
      return new Trained(training.steps(STEPS, _ -> {}), training.values());
    }
  }

  private static void assertAlike(Trained expected, Trained actual, double tolerance) {
    for (int i = 0; i < STEPS; i++) {
      double want = expected.steps().get(i).loss();
      assertEquals(want, actual.steps().get(i).loss(), tolerance * want, "loss of step " + i);
    }
    expected
        .values()
        .forEach((name, want) -> assertNear(name, want, actual.values().get(name), tolerance));
  }

  private static void assertNear(String name, float[] want, float[] got, double tolerance) {
    double difference = 0;
    double size = 0;
    for (int i = 0; i < want.length; i++) {
      // A shift of all keys changes nothing: AdamW makes steps of the rounding of a gradient of 0.
      boolean biasOfKeys = name.endsWith("qkv.bias") && i * 3 / want.length == 1;
      difference += biasOfKeys ? 0 : Math.pow(want[i] - got[i], 2);
      size += want[i] * want[i];
    }
    // What was 0 at the start has only made AdamW's steps.
    double scale = Math.sqrt(size) + RATE * STEPS * Math.sqrt(want.length);
    assertTrue(
        Math.sqrt(difference) <= tolerance * scale, name + " differs by " + Math.sqrt(difference));
  }

  /** The same pictures, masks and drop paths, in many interleavings of the device's streams. */
  @ParameterizedTest
  @CsvSource({"0, 0", "1, 1", "2, 0"})
  void tenStepsAreThoseOfTheCpu(int seed, int reverse) {
    Emulator emulator = Emulator.start();
    emulator.set("seed", seed);
    emulator.set("reverse", reverse);
    assertAlike(onCpu(), onDevice(Precision.F32), 2e-3);
  }

  @Test
  void theSameStepsGiveTheSameBits() {
    Emulator emulator = Emulator.start();
    Trained first = onDevice(Precision.F32);
    emulator.set("reverse", 1);
    emulator.set("seed", 9);
    Trained second = onDevice(Precision.F32);
    assertEquals(first.steps(), second.steps());
    first
        .values()
        .forEach(
            (name, values) ->
                assertEquals(0, Arrays.compare(values, second.values().get(name)), name));
  }

  @Test
  void roundedProductsLearnTheSame() {
    Trained exact = onDevice(Precision.F32);
    Trained rounded = onDevice(Precision.BF16);
    for (int i = 0; i < STEPS; i++) {
      double want = exact.steps().get(i).loss();
      assertEquals(want, rounded.steps().get(i).loss(), 0.05 * want, "loss of step " + i);
    }
    assertTrue(exact.steps().getLast().loss() != rounded.steps().getLast().loss());
  }

  @Test
  void laterStepsTakeNoNewMemory() {
    try (CudaBackend backend = new CudaBackend(Gpus.open(), Precision.F32);
        TinyTraining training = new TinyTraining(backend, BATCH)) {
      List<MemoryStats> memory = new ArrayList<>();
      training.steps(12, _ -> memory.add(backend.memory()));
      assertEquals(memory.get(3), memory.getLast());
    }
  }

  @Test
  void aStepQueuesAsManyOperationsEachTime() {
    try (CudaBackend backend = new CudaBackend(Gpus.open(), Precision.F32);
        TinyTraining training = new TinyTraining(backend, BATCH)) {
      List<Long> queued = new ArrayList<>();
      training.steps(4, _ -> queued.add(backend.gpu.compute().queued()));
      long ofOne = queued.get(3) - queued.get(2);
      assertEquals(queued.get(2) - queued.get(1), ofOne);
      // Of two blocks in student and teacher; every operation that loses its kernel adds several.
      assertTrue(ofOne < 400, ofOne + " operations");
    }
  }

  /** What README.md says of ViT-B: the number depends on the blocks, hardly on their width. */
  @ParameterizedTest
  @EnumSource(Precision.class)
  void launchesOfTwelveBlocksAndFiveLevels(Precision precision) {
    try (CudaBackend backend = new CudaBackend(Gpus.open(), precision);
        TinyTraining training = new TinyTraining(backend, BATCH, 12, "top5")) {
      List<Long> queued = new ArrayList<>();
      training.steps(3, _ -> queued.add(backend.gpu.compute().queued()));
      long ofOne = queued.get(2) - queued.get(1);
      int told = precision == Precision.BF16 ? 1_400 : 1_000;
      assertTrue(ofOne <= told && ofOne > 0.9 * told, ofOne + " operations in " + precision);
    }
  }

  @Test
  void aBatchThatIsTooLargeIsRefusedAndASmallerOneRuns() {
    long limit = (peak(2) + peak(64)) / 2;
    try (CudaBackend backend = new CudaBackend(Gpus.open(limit), Precision.F32)) {
      try (TinyTraining large = new TinyTraining(backend, 64)) {
        long before = backend.memory().live();
        String message =
            assertThrows(OutOfMemoryException.class, () -> large.steps(1, _ -> {})).getMessage();
        assertTrue(message.contains("asked for") && message.contains("smaller batch"), message);
        assertEquals(before, backend.memory().live(), "what the step had taken is free again");
      }
      try (TinyTraining small = new TinyTraining(backend, 2)) {
        assertEquals(2, small.steps(2, _ -> {}).size());
      }
    }
  }

  private static long peak(int batch) {
    try (CudaBackend backend = new CudaBackend(Gpus.open(), Precision.F32);
        TinyTraining training = new TinyTraining(backend, batch)) {
      training.steps(1, _ -> {});
      return backend.memory().peak();
    }
  }
}
