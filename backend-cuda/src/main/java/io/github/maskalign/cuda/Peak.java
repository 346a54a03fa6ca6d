package io.github.maskalign.cuda;

import io.github.maskalign.cuda.driver.DeviceInfo;
import io.github.maskalign.tensor.Precision;
import java.util.OptionalDouble;

/**
 * What a device could compute at its highest clock, by the rates a multiprocessor has in NVIDIA's
 * descriptions of A100 and H100: dense products, sums in F32. Other architectures have different
 * rates under one number.
 */
final class Peak {

  private Peak() {}

  /** FLOP/s of multiply-adds; empty for architectures that are not listed. */
  static OptionalDouble of(DeviceInfo info, Precision precision) {
    double hertz = 1e3 * info.clockKilohertz();
    int perClock = perClock(info.architecture(), precision);
    return perClock == 0
        ? OptionalDouble.empty()
        : OptionalDouble.of(hertz * info.multiprocessors() * perClock);
  }

  /** FLOP of one multiprocessor in a clock. */
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
