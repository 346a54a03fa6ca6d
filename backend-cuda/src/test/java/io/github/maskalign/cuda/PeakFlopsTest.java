package io.github.maskalign.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.cuda.driver.DeviceInfo;
import io.github.maskalign.tensor.Precision;
import org.junit.jupiter.api.Test;

/** The rates of NVIDIA's data sheets. */
class PeakFlopsTest {

  private static DeviceInfo device(int architecture, int multiprocessors, int megahertz) {
    return new DeviceInfo(
        "test",
        architecture / 10,
        architecture % 10,
        80L << 30,
        multiprocessors,
        1,
        1000 * megahertz);
  }

  private static void assertTera(double expected, DeviceInfo info, Precision precision) {
    double actual = PeakFlops.of(info, precision).orElseThrow();
    assertEquals(expected * 1e12, actual, 0.01e12 * expected, precision.toString());
  }

  @Test
  void datasheets() {
    DeviceInfo a100 = device(80, 108, 1410);
    assertTera(19.5, a100, Precision.F32);
    assertTera(156, a100, Precision.TF32);
    assertTera(312, a100, Precision.BF16);
    DeviceInfo h100 = device(90, 132, 1830);
    assertTera(494.7, h100, Precision.TF32);
    assertTera(989.4, h100, Precision.BF16);
    assertTrue(PeakFlops.of(device(86, 82, 1695), Precision.F32).isEmpty());
  }
}
