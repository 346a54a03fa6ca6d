package io.github.maskalign.cli.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.cli.bench.measure.Benchmark.Work;
import io.github.maskalign.cli.bench.measure.Measurement;
import java.util.List;
import org.junit.jupiter.api.Test;

class WarningsTest {

  private static final Measurement SOUND = share(0.71);

  @Test
  void aSlowProductIsSuspicious() {
    assertEquals(List.of(), Warnings.of(SOUND, List.of()));
    List<String> warnings = Warnings.of(share(0.41), List.of());
    assertEquals(1, warnings.size());
    assertTrue(warnings.getFirst().contains("reaches 41% of peak"), warnings::getFirst);
    assertTrue(warnings.getFirst().contains("expected at least 70%"), warnings::getFirst);
  }

  @Test
  void objectsByTheThousandAreSuspiciousOfAVectorKernel() {
    List<Measurement> measured = List.of(heap("norm", 65536), heap("softmax", 6e6));
    assertEquals(
        List.of(
            "more than 64 KiB of Java objects per call: softmax 5859 KiB, check 100 KiB; a kernel"
                + " that is not fully inlined allocates an object per vector"),
        Warnings.of(heap("check", 102400), measured));
    assertEquals(List.of(), Warnings.of(SOUND, measured.subList(0, 1)));
  }

  /** Its multiply-adds are not known either. */
  @Test
  void aPlainBackendMayBeSlowAndMakeObjects() {
    Measurement unknown = Measurements.of("check", new Work(1e9, 0, 0), Double.NaN, 6e6);
    assertEquals(List.of(), Warnings.of(unknown, List.of(unknown)));
  }

  private static Measurement share(double share) {
    return Measurements.of("check", new Work(1e9, 0, 0), 2e9 / share, 0);
  }

  private static Measurement heap(String name, double bytes) {
    return Measurements.of(name, new Work(1e9, 0, 0), 2e9, bytes);
  }
}
