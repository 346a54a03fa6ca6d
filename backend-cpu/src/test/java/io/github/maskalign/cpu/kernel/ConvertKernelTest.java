package io.github.maskalign.cpu.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.maskalign.cpu.kernel.KernelData.Block;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Workers;
import io.github.maskalign.tensor.DType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ConvertKernelTest {
  private static final float[] VALUES = {
    0f,
    -0f,
    1f,
    -1.5f,
    1.00390625f,
    1.01171875f,
    1.00048828125f,
    1.00146484375f,
    65504f,
    65520f,
    1e-7f,
    1e-40f,
    3e38f,
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.MAX_VALUE,
    2.5e9f,
    -3.7f,
    9.3e18f
  };

  /** The value after a trip through the type, by arithmetic in double. */
  private static float exact(DType type, float x) {
    return switch (type) {
      case F64, F32 -> x;
      case U8 -> (byte) x & 0xFF;
      case I32 -> (float) (int) x;
      case I64 -> (float) (long) x;
      case F16 -> rounded(x, 11, -24, 65504);
      case BF16 -> rounded(x, 8, -133, 0x1.FEp127);
    };
  }

  /**
   * Nearest number of so many significant bits, ties to even, on a grid no finer than
   * 2^minExponent.
   */
  private static float rounded(float x, int bits, int minExponent, double max) {
    if (Float.isNaN(x) || Float.isInfinite(x) || x == 0) {
      return x;
    }
    double step = Math.pow(2, Math.max(minExponent, Math.getExponent((double) x) - bits + 1));
    double y = Math.rint(x / step) * step;
    return Math.abs(y) > max
        ? Math.copySign(Float.POSITIVE_INFINITY, x)
        : (float) Math.copySign(y, x);
  }

  private static float[] roundTrip(DType type, Block x, int threads) {
    int n = x.size();
    MemorySegment middle = Arena.ofAuto().allocate(8L * (n + 1));
    Block y = KernelData.block(n);
    KernelData.with(
        threads,
        w -> {
          ConvertKernel kernel = new ConvertKernel(w);
          kernel.fromF32(type, x.operand(), new Operand(middle, 1), n);
          kernel.toF32(type, new Operand(middle, 1), y.operand(), n);
        });
    y.expectGuards();
    return y.toArray();
  }

  @ParameterizedTest
  @EnumSource
  void specialValues(DType type) {
    float[] y = roundTrip(type, KernelData.of(VALUES), 1);
    for (int i = 0; i < VALUES.length; i++) {
      assertEquals(exact(type, VALUES[i]), !type.isFloating() ? y[i] + 0f : y[i]);
    }
  }

  @ParameterizedTest
  @EnumSource
  void everySize(DType type) {
    for (int n : KernelData.SIZES) {
      Block x = KernelData.normal(n, n, 100);
      float[] y = roundTrip(type, x, 2);
      for (int i = 0; i < n; i++) {
        assertEquals(exact(type, x.get(i)), y[i], "element " + i + " " + x.get(i));
      }
    }
  }

  @Test
  void aNanWithALowPayloadStaysNan() {
    Block x = KernelData.of(Float.intBitsToFloat(0x7F800001));
    assertEquals(Float.NaN, roundTrip(DType.BF16, x, 1)[0]);
    assertEquals(Float.NaN, roundTrip(DType.F16, x, 1)[0]);
  }

  @Test
  void layouts() {
    MemorySegment y = Arena.ofAuto().allocate(16);
    Block x = KernelData.of(1f, -2f);
    ConvertKernel kernel = new ConvertKernel(new Workers(1));
    kernel.fromF32(DType.BF16, x.operand(), new Operand(y, 0), 2);
    assertEquals((short) 0x3F80, y.get(ValueLayout.JAVA_SHORT, 0));
    assertEquals((short) 0xC000, y.get(ValueLayout.JAVA_SHORT, 2));
    kernel.fromF32(DType.F16, x.operand(), new Operand(y, 0), 2);
    assertEquals((short) 0x3C00, y.get(ValueLayout.JAVA_SHORT, 0));
    kernel.fromF32(DType.I64, x.operand(), new Operand(y, 0), 2);
    assertEquals(-2L, y.get(ValueLayout.JAVA_LONG, 8));
  }
}
