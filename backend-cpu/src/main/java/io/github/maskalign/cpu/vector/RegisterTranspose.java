package io.github.maskalign.cpu.vector;

import static io.github.maskalign.cpu.vector.Lanes.I32;
import static io.github.maskalign.cpu.vector.Lanes.L;
import static io.github.maskalign.cpu.vector.Lanes.ORDER;

import io.github.maskalign.tensor.error.ArgumentException;
import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.IntVector;

/**
 * Transposes in registers: R = 4, 8 or 16 rows of L floats become L columns of R floats, one after
 * the other.
 *
 * <p>A position is a string of bits, those of the row and those of the lane. One step takes pairs
 * of vectors that differ in the highest remaining row bit and zips them: this makes that bit the
 * lowest of the lane and the highest lane bit a bit of the vector's number. log2(R) such steps turn
 * (row, lane) into (lane, row).
 */
public final class RegisterTranspose {

  /** Lane i of the zip of x and y: x and y in turn, from the low or the high half. */
  private static final IntVector LOW = zip(0);

  private static final IntVector HIGH = zip(L / 2);

  private RegisterTranspose() {}

  /**
   * Transposes a block of count rows (4, 8 or 16) of L floats. Vector v of the result, which
   * contains the elements L v .. L v + L - 1 of the L concatenated columns, goes to toAt + v step.
   * Rows after the last are read as copies of it: what a tile computes from them is never stored.
   */
  public static void transpose(
      int count, MemorySegment from, long at, long row, int last, float[] to, int toAt, int step) {
    switch (count) {
      case 4 -> rows4(from, at, row, last, to, toAt, step);
      case 8 -> rows8(from, at, row, last, to, toAt, step);
      case 16 -> {
        rows16(from, at, row, last, to, toAt, step, false);
        rows16(from, at, row, last, to, toAt + 8 * step, step, true);
      }
      default -> throw new ArgumentException("transpose: " + count + " rows");
    }
  }

  private static IntVector zip(int from) {
    int[] lanes = new int[L];
    for (int i = 0; i < L; i++) {
      lanes[i] = from + i / 2 + (i % 2) * L;
    }
    return IntVector.fromArray(I32, lanes, 0);
  }

  /** 4 rows of L floats; see {@link #transpose}. */
  private static void rows4(
      MemorySegment from, long at, long row, int last, float[] to, int toAt, int step) {
    IntVector a0 = IntVector.fromMemorySegment(I32, from, at, ORDER);
    IntVector a1 = IntVector.fromMemorySegment(I32, from, at + Math.min(1, last) * row, ORDER);
    IntVector a2 = IntVector.fromMemorySegment(I32, from, at + Math.min(2, last) * row, ORDER);
    IntVector a3 = IntVector.fromMemorySegment(I32, from, at + Math.min(3, last) * row, ORDER);
    IntVector b0 = LOW.selectFrom(a0, a2), b2 = HIGH.selectFrom(a0, a2);
    IntVector b1 = LOW.selectFrom(a1, a3), b3 = HIGH.selectFrom(a1, a3);
    IntVector c0 = LOW.selectFrom(b0, b1), c1 = HIGH.selectFrom(b0, b1);
    IntVector c2 = LOW.selectFrom(b2, b3), c3 = HIGH.selectFrom(b2, b3);
    c0.reinterpretAsFloats().intoArray(to, toAt);
    c1.reinterpretAsFloats().intoArray(to, toAt + step);
    c2.reinterpretAsFloats().intoArray(to, toAt + 2 * step);
    c3.reinterpretAsFloats().intoArray(to, toAt + 3 * step);
  }

  /** 8 rows of L floats; see {@link #transpose}. */
  private static void rows8(
      MemorySegment from, long at, long row, int last, float[] to, int toAt, int step) {
    IntVector a0 = IntVector.fromMemorySegment(I32, from, at, ORDER);
    IntVector a1 = IntVector.fromMemorySegment(I32, from, at + Math.min(1, last) * row, ORDER);
    IntVector a2 = IntVector.fromMemorySegment(I32, from, at + Math.min(2, last) * row, ORDER);
    IntVector a3 = IntVector.fromMemorySegment(I32, from, at + Math.min(3, last) * row, ORDER);
    IntVector a4 = IntVector.fromMemorySegment(I32, from, at + Math.min(4, last) * row, ORDER);
    IntVector a5 = IntVector.fromMemorySegment(I32, from, at + Math.min(5, last) * row, ORDER);
    IntVector a6 = IntVector.fromMemorySegment(I32, from, at + Math.min(6, last) * row, ORDER);
    IntVector a7 = IntVector.fromMemorySegment(I32, from, at + Math.min(7, last) * row, ORDER);
    IntVector b0 = LOW.selectFrom(a0, a4), b4 = HIGH.selectFrom(a0, a4);
    IntVector b1 = LOW.selectFrom(a1, a5), b5 = HIGH.selectFrom(a1, a5);
    IntVector b2 = LOW.selectFrom(a2, a6), b6 = HIGH.selectFrom(a2, a6);
    IntVector b3 = LOW.selectFrom(a3, a7), b7 = HIGH.selectFrom(a3, a7);
    IntVector c0 = LOW.selectFrom(b0, b2), c2 = HIGH.selectFrom(b0, b2);
    IntVector c1 = LOW.selectFrom(b1, b3), c3 = HIGH.selectFrom(b1, b3);
    IntVector c4 = LOW.selectFrom(b4, b6), c6 = HIGH.selectFrom(b4, b6);
    IntVector c5 = LOW.selectFrom(b5, b7), c7 = HIGH.selectFrom(b5, b7);
    IntVector d0 = LOW.selectFrom(c0, c1), d1 = HIGH.selectFrom(c0, c1);
    IntVector d2 = LOW.selectFrom(c2, c3), d3 = HIGH.selectFrom(c2, c3);
    IntVector d4 = LOW.selectFrom(c4, c5), d5 = HIGH.selectFrom(c4, c5);
    IntVector d6 = LOW.selectFrom(c6, c7), d7 = HIGH.selectFrom(c6, c7);
    d0.reinterpretAsFloats().intoArray(to, toAt);
    d1.reinterpretAsFloats().intoArray(to, toAt + step);
    d2.reinterpretAsFloats().intoArray(to, toAt + 2 * step);
    d3.reinterpretAsFloats().intoArray(to, toAt + 3 * step);
    d4.reinterpretAsFloats().intoArray(to, toAt + 4 * step);
    d5.reinterpretAsFloats().intoArray(to, toAt + 5 * step);
    d6.reinterpretAsFloats().intoArray(to, toAt + 6 * step);
    d7.reinterpretAsFloats().intoArray(to, toAt + 7 * step);
  }

  /**
   * 16 rows of 16 floats, half of the columns; see {@link #transpose}. After the first zip the two
   * halves are independent, and C1 does not compile a method that computes both.
   */
  private static void rows16(
      MemorySegment from,
      long at,
      long row,
      int last,
      float[] to,
      int toAt,
      int step,
      boolean high) {
    IntVector half = high ? HIGH : LOW;
    IntVector a0 = IntVector.fromMemorySegment(I32, from, at, ORDER);
    IntVector a1 = IntVector.fromMemorySegment(I32, from, at + Math.min(1, last) * row, ORDER);
    IntVector a2 = IntVector.fromMemorySegment(I32, from, at + Math.min(2, last) * row, ORDER);
    IntVector a3 = IntVector.fromMemorySegment(I32, from, at + Math.min(3, last) * row, ORDER);
    IntVector a4 = IntVector.fromMemorySegment(I32, from, at + Math.min(4, last) * row, ORDER);
    IntVector a5 = IntVector.fromMemorySegment(I32, from, at + Math.min(5, last) * row, ORDER);
    IntVector a6 = IntVector.fromMemorySegment(I32, from, at + Math.min(6, last) * row, ORDER);
    IntVector a7 = IntVector.fromMemorySegment(I32, from, at + Math.min(7, last) * row, ORDER);
    IntVector a8 = IntVector.fromMemorySegment(I32, from, at + Math.min(8, last) * row, ORDER);
    IntVector a9 = IntVector.fromMemorySegment(I32, from, at + Math.min(9, last) * row, ORDER);
    IntVector a10 = IntVector.fromMemorySegment(I32, from, at + Math.min(10, last) * row, ORDER);
    IntVector a11 = IntVector.fromMemorySegment(I32, from, at + Math.min(11, last) * row, ORDER);
    IntVector a12 = IntVector.fromMemorySegment(I32, from, at + Math.min(12, last) * row, ORDER);
    IntVector a13 = IntVector.fromMemorySegment(I32, from, at + Math.min(13, last) * row, ORDER);
    IntVector a14 = IntVector.fromMemorySegment(I32, from, at + Math.min(14, last) * row, ORDER);
    IntVector a15 = IntVector.fromMemorySegment(I32, from, at + Math.min(15, last) * row, ORDER);
    IntVector b0 = half.selectFrom(a0, a8);
    IntVector b1 = half.selectFrom(a1, a9);
    IntVector b2 = half.selectFrom(a2, a10);
    IntVector b3 = half.selectFrom(a3, a11);
    IntVector b4 = half.selectFrom(a4, a12);
    IntVector b5 = half.selectFrom(a5, a13);
    IntVector b6 = half.selectFrom(a6, a14);
    IntVector b7 = half.selectFrom(a7, a15);
    IntVector c0 = LOW.selectFrom(b0, b4), c4 = HIGH.selectFrom(b0, b4);
    IntVector c1 = LOW.selectFrom(b1, b5), c5 = HIGH.selectFrom(b1, b5);
    IntVector c2 = LOW.selectFrom(b2, b6), c6 = HIGH.selectFrom(b2, b6);
    IntVector c3 = LOW.selectFrom(b3, b7), c7 = HIGH.selectFrom(b3, b7);
    IntVector d0 = LOW.selectFrom(c0, c2), d2 = HIGH.selectFrom(c0, c2);
    IntVector d1 = LOW.selectFrom(c1, c3), d3 = HIGH.selectFrom(c1, c3);
    IntVector d4 = LOW.selectFrom(c4, c6), d6 = HIGH.selectFrom(c4, c6);
    IntVector d5 = LOW.selectFrom(c5, c7), d7 = HIGH.selectFrom(c5, c7);
    IntVector e0 = LOW.selectFrom(d0, d1), e1 = HIGH.selectFrom(d0, d1);
    IntVector e2 = LOW.selectFrom(d2, d3), e3 = HIGH.selectFrom(d2, d3);
    IntVector e4 = LOW.selectFrom(d4, d5), e5 = HIGH.selectFrom(d4, d5);
    IntVector e6 = LOW.selectFrom(d6, d7), e7 = HIGH.selectFrom(d6, d7);
    e0.reinterpretAsFloats().intoArray(to, toAt);
    e1.reinterpretAsFloats().intoArray(to, toAt + step);
    e2.reinterpretAsFloats().intoArray(to, toAt + 2 * step);
    e3.reinterpretAsFloats().intoArray(to, toAt + 3 * step);
    e4.reinterpretAsFloats().intoArray(to, toAt + 4 * step);
    e5.reinterpretAsFloats().intoArray(to, toAt + 5 * step);
    e6.reinterpretAsFloats().intoArray(to, toAt + 6 * step);
    e7.reinterpretAsFloats().intoArray(to, toAt + 7 * step);
  }
}
