package io.github.maskalign.cpu.kernel;

import io.github.maskalign.cpu.runtime.Chunks;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Workers;
import io.github.maskalign.tensor.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Contiguous conversions between f32 and the other element types. To a narrower float they round to
 * nearest, ties to even, and NaN stays NaN; to integers they drop the fraction and saturate, and
 * NaN becomes 0.
 */
public final class ConvertKernel {
  private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED;
  private static final ValueLayout.OfDouble F64 = ValueLayout.JAVA_DOUBLE_UNALIGNED;
  private static final ValueLayout.OfShort I16 = ValueLayout.JAVA_SHORT_UNALIGNED;
  private static final ValueLayout.OfInt I32 = ValueLayout.JAVA_INT_UNALIGNED;
  private static final ValueLayout.OfLong I64 = ValueLayout.JAVA_LONG_UNALIGNED;

  private static final ValueLayout.OfByte U8 = ValueLayout.JAVA_BYTE;

  private final Workers workers;

  /** A kernel on the given threads. */
  public ConvertKernel(Workers workers) {
    this.workers = workers;
  }

  /** y (f32) from x (of the type). */
  public void toF32(DType type, Operand x, Operand y, long n) {
    workers.forRange(
        n,
        Chunks.ELEMENTS,
        (from, to) -> {
          long xAt = type.bytes() * (x.offset() + from);
          widen(type, x.segment(), xAt, y.segment(), y.at(from), (int) (to - from));
        });
  }

  /** y (of the type) from x (f32). */
  public void fromF32(DType type, Operand x, Operand y, long n) {
    workers.forRange(
        n,
        Chunks.ELEMENTS,
        (from, to) -> {
          long yAt = type.bytes() * (y.offset() + from);
          narrow(type, x.segment(), x.at(from), y.segment(), yAt, (int) (to - from));
        });
  }

  // One method per loop: C2 vectorizes those by itself, but not all of several in one method.
  private static void widen(
      DType type, MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    switch (type) {
      case F16 -> fromF16(x, xAt, y, yAt, n);
      case BF16 -> fromBf16(x, xAt, y, yAt, n);
      case F64 -> fromF64(x, xAt, y, yAt, n);
      case I32 -> fromI32(x, xAt, y, yAt, n);
      case I64 -> fromI64(x, xAt, y, yAt, n);
      case U8 -> fromU8(x, xAt, y, yAt, n);
      case F32 -> MemorySegment.copy(x, xAt, y, yAt, 4L * n);
    }
  }

  private static void narrow(
      DType type, MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    switch (type) {
      case F16 -> toF16(x, xAt, y, yAt, n);
      case BF16 -> toBf16(x, xAt, y, yAt, n);
      case F64 -> toF64(x, xAt, y, yAt, n);
      case I32 -> toI32(x, xAt, y, yAt, n);
      case I64 -> toI64(x, xAt, y, yAt, n);
      case U8 -> toU8(x, xAt, y, yAt, n);
      case F32 -> MemorySegment.copy(x, xAt, y, yAt, 4L * n);
    }
  }

  private static void fromF16(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    for (int i = 0; i < n; i++) {
      y.set(F32, yAt + 4L * i, Float.float16ToFloat(x.get(I16, xAt + 2L * i)));
    }
  }

  private static void fromBf16(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    for (int i = 0; i < n; i++) {
      y.set(I32, yAt + 4L * i, x.get(I16, xAt + 2L * i) << 16);
    }
  }

  private static void fromF64(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    for (int i = 0; i < n; i++) {
      y.set(F32, yAt + 4L * i, (float) x.get(F64, xAt + 8L * i));
    }
  }

  private static void fromI32(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    for (int i = 0; i < n; i++) {
      y.set(F32, yAt + 4L * i, (float) x.get(I32, xAt + 4L * i));
    }
  }

  private static void fromI64(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    for (int i = 0; i < n; i++) {
      y.set(F32, yAt + 4L * i, (float) x.get(I64, xAt + 8L * i));
    }
  }

  private static void fromU8(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    for (int i = 0; i < n; i++) {
      y.set(F32, yAt + 4L * i, x.get(U8, xAt + i) & 0xFF);
    }
  }

  private static void toF16(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    for (int i = 0; i < n; i++) {
      y.set(I16, yAt + 2L * i, Float.floatToFloat16(x.get(F32, xAt + 4L * i)));
    }
  }

  private static void toBf16(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    for (int i = 0; i < n; i++) {
      y.set(I16, yAt + 2L * i, bf16(x.get(I32, xAt + 4L * i)));
    }
  }

  private static void toF64(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    for (int i = 0; i < n; i++) {
      y.set(F64, yAt + 8L * i, x.get(F32, xAt + 4L * i));
    }
  }

  private static void toI32(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    for (int i = 0; i < n; i++) {
      y.set(I32, yAt + 4L * i, (int) x.get(F32, xAt + 4L * i));
    }
  }

  private static void toI64(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    for (int i = 0; i < n; i++) {
      y.set(I64, yAt + 8L * i, (long) x.get(F32, xAt + 4L * i));
    }
  }

  private static void toU8(MemorySegment x, long xAt, MemorySegment y, long yAt, int n) {
    for (int i = 0; i < n; i++) {
      y.set(U8, yAt + i, (byte) x.get(F32, xAt + 4L * i));
    }
  }

  private static short bf16(int bits) {
    // A NaN whose payload is in the dropped half would become infinity: set its quiet bit.
    boolean nan = (bits & 0x7FFFFFFF) > 0x7F800000;
    int rounded = bits + 0x7FFF + (bits >>> 16 & 1);
    return (short) ((nan ? bits | 0x400000 : rounded) >>> 16);
  }
}
