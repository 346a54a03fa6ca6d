package io.github.maskalign.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class BFloat16Test {

  private static final int PATTERNS = 1 << 16;
  private static final int QUIET_BIT = 0x0040;

  @Test
  void everyPatternSurvivesWidening() {
    for (int pattern = 0; pattern < PATTERNS; pattern++) {
      float value = BFloat16.toFloat((short) pattern);
      int expected = Float.isNaN(value) ? pattern | QUIET_BIT : pattern;
      assertEquals(expected, BFloat16.fromFloat(value) & 0xffff, () -> "of " + value);
    }
  }

  @Test
  void everyMidpointGoesToTheEvenNeighborAndItsNeighborsToTheNearest() {
    for (int pattern = 0; pattern < PATTERNS; pattern++) {
      float value = BFloat16.toFloat((short) pattern);
      if (!Float.isFinite(value)) {
        continue;
      }
      int midpoint = (pattern << 16) | 0x8000;
      int next = pattern + 1;
      int even = (pattern & 1) == 0 ? pattern : next;
      assertEquals(pattern, rounded(midpoint - 1));
      assertEquals(even, rounded(midpoint));
      assertEquals(next, rounded(midpoint + 1));
    }
  }

  @Test
  void valuesBeyondTheLargestBecomeInfinite() {
    assertEquals(0x7f80, rounded(Float.floatToRawIntBits(Float.MAX_VALUE)));
    assertEquals(0xff80, rounded(Float.floatToRawIntBits(-Float.MAX_VALUE)));
  }

  @Test
  void everyNanStaysANanOfItsSign() {
    int[] payloads = {0x7f800001, 0x7fffffff, 0xff800001, 0xffffffff, 0x7fc00000, 0x7f80ffff};
    for (int payload : payloads) {
      short bits = BFloat16.fromFloat(Float.intBitsToFloat(payload));
      assertTrue(Float.isNaN(BFloat16.toFloat(bits)), () -> Integer.toHexString(payload));
      assertTrue((bits & QUIET_BIT) != 0, () -> Integer.toHexString(payload));
      assertEquals(payload < 0, bits < 0);
    }
  }

  private static int rounded(int floatBits) {
    return BFloat16.fromFloat(Float.intBitsToFloat(floatBits)) & 0xffff;
  }
}
