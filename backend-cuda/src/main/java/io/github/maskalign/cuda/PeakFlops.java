package io.github.maskalign.cuda;

import io.github.maskalign.cuda.driver.DeviceInfo;
import io.github.maskalign.tensor.Precision;
import java.util.OptionalDouble;

/**
 * Peak throughput of dense matrix products with F32 accumulation at the maximum clock, from the
 * rates per multiprocessor in NVIDIA's descriptions of A100 and H100. Devices of other
 * architectures have different rates for the same compute capability.
 */
final class PeakFlops {

  private PeakFlops() {}

  /** FLOP/s of multiply-adds; empty for other architectures. */
  static OptionalDouble of(DeviceInfo info, Precision precision) {
    double hertz = 1e3 * info.clockKilohertz();
    int perClock = perClock(info.architecture(), precision);
    return perClock == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(hertz * info.multiprocessors() * perClock);
  }

  /** FLOP per clock of one multiprocessor. */
  private static int perClock(int architecture, Precision precision) {
    return switch (architecture) {
      case 80 -> choose(precision, 128, 1024, 2048);
      case 90 -> choose(precision, 256, 2048, 4096);
      default -> 0;
    };
  }

  private static int choose(Precision precision, int f32, int tf32, int bf16) {
    return switch (precision) {
      case F32 -> f32;
      case TF32 -> tf32;
      case BF16 -> bf16;
    };
  }
}
