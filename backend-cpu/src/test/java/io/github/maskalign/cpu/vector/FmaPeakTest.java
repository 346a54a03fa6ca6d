package io.github.maskalign.cpu.vector;

import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("vector")
class FmaPeakTest {

  /** More than uncompiled code reaches, less than 64 widest vectors a nanosecond. */
  @Test
  void isWhatAProcessorCanDo() {
    double flops = FmaPeak.measure();
    assertTrue(flops > 1e9 && flops < 2e9 * 16 * 64, () -> flops + " FLOP/s");
  }
}
