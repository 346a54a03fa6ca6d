package io.github.maskalign.cuda;

import io.github.maskalign.tensor.Precision;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;

/**
 * Peak throughput of dense matrix products with F32 accumulation, from NVIDIA's data sheets. The
 * clock that a driver reports as the maximum gives more than a device reaches.
 *
 * @param words of the name that the driver gives the device; the first that fits counts
 * @param f32 10^12 FLOP/s
 * @param tf32 10^12 FLOP/s
 * @param bf16 10^12 FLOP/s
 */
record PeakFlops(List<String> words, double f32, double tf32, double bf16) {

  private static final double TERA = 1e12;

  private static final List<PeakFlops> DATA_SHEETS =
      List.of(
          of("A100", 19.5, 156, 312),
          of("A30", 10.3, 82, 165),
          of("A10", 31.2, 62.5, 125),
          of("L4", 30.3, 60, 121),
          of("L40S", 91.6, 183, 362),
          of("H100 PCIe", 51, 378, 756),
          of("H100 NVL", 60, 417.5, 835.5),
          of("H100 HBM3", 67, 494.7, 989.4),
          of("H200", 67, 494.7, 989.4),
          of("GH200", 67, 494.7, 989.4));

  private static PeakFlops of(String words, double f32, double tf32, double bf16) {
    return new PeakFlops(List.of(words.split(" ")), f32, tf32, bf16);
  }

  /** FLOP/s of a device; empty if its data sheet is not known. */
  static OptionalDouble of(String name, Precision precision) {
    List<String> found = Arrays.asList(name.split("[ -]"));
    return DATA_SHEETS.stream()
        .filter(sheet -> found.containsAll(sheet.words))
        .mapToDouble(sheet -> TERA * sheet.rate(precision))
        .findFirst();
  }

  private double rate(Precision precision) {
    return switch (precision) {
      case F32 -> f32;
      case TF32 -> tf32;
      case BF16 -> bf16;
    };
  }
}
