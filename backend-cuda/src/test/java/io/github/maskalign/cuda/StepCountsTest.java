package io.github.maskalign.cuda;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.cuda.emulator.Emulator;
import io.github.maskalign.cuda.emulator.Emulator.Work;
import io.github.maskalign.cuda.emulator.OnEmulator;
import io.github.maskalign.tensor.Precision;
import io.github.maskalign.vit.ViTConfig;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * What a training step of ViT-B with its teacher costs a GPU, as far as that can be counted without
 * one: launches, bytes that all kernels but products and attention move, and memory. The emulated
 * device counts the work in place of running it, and each operand of a launch once. The limits are
 * what the code reaches now; lower them with it.
 */
@OnEmulator
class StepCountsTest {

  private static final int BATCH = 256;
  private static final double GIGA = 1e9;

  /** AdamW reads four values of a parameter and writes three, and the norm reads its gradient. */
  private static final double BYTES_PER_PARAMETER = 4 * (4 + 3 + 1);

  private static final double PARAMETERS = 86e6;

  @ParameterizedTest
  @CsvSource({"F32, 930, 118, 10.5", "TF32, 930, 118, 10.5", "BF16, 1315, 146, 10.5"})
  void aStepOfVitBase(
      Precision precision, long mostLaunches, double mostGigabytes, double mostMemory) {
    Emulator emulator = Emulator.start();
    emulator.set("memory", 1L << 40);
    emulator.set("dry", 1);
    try (CudaBackend backend = new CudaBackend(Gpus.openExact(), precision);
        TinyTraining training =
            new TinyTraining(backend, BATCH, ViTConfig.base(224, 16), 3 * BATCH, "top5")) {
      training.steps(1, _ -> {});
      Map<String, Work> work = emulator.work(() -> training.steps(1, _ -> {}));
      long launches = work.values().stream().mapToLong(Work::launches).sum();
      double bytes = BYTES_PER_PARAMETER * PARAMETERS;
      for (Map.Entry<String, Work> each : work.entrySet()) {
        if (!each.getKey().equals("gemm") && !each.getKey().startsWith("attention")) {
          bytes += each.getValue().bytes();
        }
      }
      String counted =
          "%s: %d launches, %.1f GB, %.1f GB of memory; %s"
              .formatted(precision, launches, bytes / GIGA, backend.memory().peak() / GIGA, work);
      assertTrue(launches <= mostLaunches, counted);
      assertTrue(bytes <= mostGigabytes * GIGA, counted);
      assertTrue(backend.memory().peak() <= mostMemory * GIGA, counted);
    }
  }
}
