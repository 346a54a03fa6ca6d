package io.github.maskalign.align.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class WarningsTest {

  private static final Measurement SOUND = share(0.71);

  @Test
  void aSlowProductIsSuspicious() {
    assertEquals(List.of(), Warnings.of(SOUND, List.of()));
    List<String> warnings = Warnings.of(share(0.41), List.of());
    assertEquals(1, warnings.size());
    assertTrue(warnings.getFirst().contains("does 41% of the multiply-adds"), warnings::getFirst);
    assertTrue(warnings.getFirst().contains("70% is the least"), warnings::getFirst);
  }

  @Test
  void objectsByTheThousandAreSuspiciousOfAVectorKernel() {
    List<Measurement> measured = List.of(heap(65536, 1e9), heap(6e6, 1e9));
    List<String> warnings = Warnings.of(SOUND, measured);
    assertEquals(1, warnings.size());
    assertTrue(
        warnings.getFirst().startsWith("softmax makes 5859 KiB of Java objects"),
        warnings::getFirst);
  }

  /** Its multiply-adds are not known either. */
  @Test
  void aPlainBackendMayBeSlowAndMakeObjects() {
    Measurement unknown = share(Double.NaN);
    assertEquals(List.of(), Warnings.of(unknown, List.of(heap(6e6, Double.NaN))));
  }

  private static Measurement share(double share) {
    return Measurements.of("check", new Work(1e9, 0, 0), 2e9 / share, 0);
  }

  private static Measurement heap(double bytes, double peak) {
    return Measurements.of("softmax", new Work(0, 1e9, 0), peak, bytes);
  }
}
