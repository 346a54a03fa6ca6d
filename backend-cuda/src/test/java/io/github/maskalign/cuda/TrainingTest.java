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

/** Whole training steps: results compared with the CPU, and use of memory and launches. */
@OnEmulator
class TrainingTest {

  private static final int STEPS = 10;
  private static final int BATCH = 8;
  private static final double RATE = 2e-3;

  /** The losses of all steps, and the final weights. */
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
      // Attention ignores a shift of all keys: their bias follows only rounding errors of a zero
      // gradient.
      boolean biasOfKeys = name.endsWith("qkv.bias") && i * 3 / want.length == 1;
      difference += biasOfKeys ? 0 : Math.pow(want[i] - got[i], 2);
      size += want[i] * want[i];
    }
    // Parameters that start at 0 have only the size of AdamW's steps.
    double scale = Math.sqrt(size) + RATE * STEPS * Math.sqrt(want.length);
    assertTrue(
        Math.sqrt(difference) <= tolerance * scale, name + " differs by " + Math.sqrt(difference));
  }

  /** The same images, masks and drop paths, in different interleavings of streams. */
  @ParameterizedTest
  @CsvSource({"0, 0", "1, 1", "2, 0"})
  void tenStepsMatchTheCpu(int seed, int reverse) {
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
  void roundedProductsTrainAlike() {
    Trained exact = onDevice(Precision.F32);
    Trained rounded = onDevice(Precision.BF16);
    for (int i = 0; i < STEPS; i++) {
      double want = exact.steps().get(i).loss();
      assertEquals(want, rounded.steps().get(i).loss(), 0.05 * want, "loss of step " + i);
    }
    assertTrue(exact.steps().getLast().loss() != rounded.steps().getLast().loss());
  }

  @Test
  void laterStepsAllocateNothing() {
    try (CudaBackend backend = new CudaBackend(Gpus.open(), Precision.F32);
        TinyTraining training = new TinyTraining(backend, BATCH)) {
      List<MemoryStats> memory = new ArrayList<>();
      training.steps(12, _ -> memory.add(backend.memory()));
      assertEquals(memory.get(3), memory.getLast());
    }
  }

  @Test
  void everyStepQueuesTheSameNumberOfOperations() {
    try (CudaBackend backend = new CudaBackend(Gpus.open(), Precision.F32);
        TinyTraining training = new TinyTraining(backend, BATCH)) {
      List<Long> queued = new ArrayList<>();
      training.steps(4, _ -> queued.add(backend.gpu.compute().queued()));
      long ofOne = queued.get(3) - queued.get(2);
      assertEquals(queued.get(2) - queued.get(1), ofOne);
      // For two blocks in student and teacher; an operation without a kernel would add several.
      assertTrue(ofOne < 400, ofOne + " operations");
    }
  }

  @Test
  void aTooLargeBatchFailsAndASmallerOneRuns() {
    long limit = (peak(2) + peak(64)) / 2;
    try (CudaBackend backend = new CudaBackend(Gpus.open(limit), Precision.F32)) {
      try (TinyTraining large = new TinyTraining(backend, 64)) {
        long before = backend.memory().live();
        String message =
            assertThrows(OutOfMemoryException.class, () -> large.steps(1, _ -> {})).getMessage();
        assertTrue(message.contains("asked for") && message.contains("smaller batch"), message);
        assertEquals(before, backend.memory().live(), "the memory of the step is free again");
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
