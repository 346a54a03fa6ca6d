package io.github.maskalign.cpu.vector.gemm;

import static io.github.maskalign.cpu.vector.Lanes.F32;
import static io.github.maskalign.cpu.vector.Lanes.L;

import jdk.incubator.vector.FloatVector;

/**
 * The micro-kernel for processors with 32 vector registers: 12 rows of 2 vectors. 24 accumulators
 * and 2 vectors of B leave 6 registers, so that C2's scheduler places each broadcast, which is a
 * load, just before its two multiply-adds. 13 rows spill; 8 read B too often where it comes from
 * the second-level cache.
 */
final class MicroKernelWide {

  static final int ROWS = 12;

  /**
   * Floats of the next panel of B per step, one of which is read: without it, the first tile of a
   * panel waits for the third-level cache.
   */
  static final int TOUCHED = 4;

  private MicroKernelWide() {}

  /** See {@link MicroKernel#run}. */
  static void run(int depth, float[] a, int aAt, float[] b, int bAt, int nextAt, float[] tile) {
    int touched = 0;
    FloatVector c0x = FloatVector.zero(F32), c0y = FloatVector.zero(F32);
    FloatVector c1x = FloatVector.zero(F32), c1y = FloatVector.zero(F32);
    FloatVector c2x = FloatVector.zero(F32), c2y = FloatVector.zero(F32);
    FloatVector c3x = FloatVector.zero(F32), c3y = FloatVector.zero(F32);
    FloatVector c4x = FloatVector.zero(F32), c4y = FloatVector.zero(F32);
    FloatVector c5x = FloatVector.zero(F32), c5y = FloatVector.zero(F32);
    FloatVector c6x = FloatVector.zero(F32), c6y = FloatVector.zero(F32);
    FloatVector c7x = FloatVector.zero(F32), c7y = FloatVector.zero(F32);
    FloatVector c8x = FloatVector.zero(F32), c8y = FloatVector.zero(F32);
    FloatVector c9x = FloatVector.zero(F32), c9y = FloatVector.zero(F32);
    FloatVector c10x = FloatVector.zero(F32), c10y = FloatVector.zero(F32);
    FloatVector c11x = FloatVector.zero(F32), c11y = FloatVector.zero(F32);
    for (int k = 0; k < depth; k++) {
      int p = aAt + k * ROWS;
      int q = bAt + k * 2 * L;
      FloatVector b0 = FloatVector.fromArray(F32, b, q);
      FloatVector b1 = FloatVector.fromArray(F32, b, q + L);
      touched ^= Float.floatToRawIntBits(b[nextAt + k * TOUCHED]);
      FloatVector x;
      x = FloatVector.broadcast(F32, a[p]);
      c0x = x.fma(b0, c0x);
      c0y = x.fma(b1, c0y);
      x = FloatVector.broadcast(F32, a[p + 1]);
      c1x = x.fma(b0, c1x);
      c1y = x.fma(b1, c1y);
      x = FloatVector.broadcast(F32, a[p + 2]);
      c2x = x.fma(b0, c2x);
      c2y = x.fma(b1, c2y);
      x = FloatVector.broadcast(F32, a[p + 3]);
      c3x = x.fma(b0, c3x);
      c3y = x.fma(b1, c3y);
      x = FloatVector.broadcast(F32, a[p + 4]);
      c4x = x.fma(b0, c4x);
      c4y = x.fma(b1, c4y);
      x = FloatVector.broadcast(F32, a[p + 5]);
      c5x = x.fma(b0, c5x);
      c5y = x.fma(b1, c5y);
      x = FloatVector.broadcast(F32, a[p + 6]);
      c6x = x.fma(b0, c6x);
      c6y = x.fma(b1, c6y);
      x = FloatVector.broadcast(F32, a[p + 7]);
      c7x = x.fma(b0, c7x);
      c7y = x.fma(b1, c7y);
      x = FloatVector.broadcast(F32, a[p + 8]);
      c8x = x.fma(b0, c8x);
      c8y = x.fma(b1, c8y);
      x = FloatVector.broadcast(F32, a[p + 9]);
      c9x = x.fma(b0, c9x);
      c9y = x.fma(b1, c9y);
      x = FloatVector.broadcast(F32, a[p + 10]);
      c10x = x.fma(b0, c10x);
      c10y = x.fma(b1, c10y);
      x = FloatVector.broadcast(F32, a[p + 11]);
      c11x = x.fma(b0, c11x);
      c11y = x.fma(b1, c11y);
    }
    // Stored so that the reads are not removed.
    tile[2 * ROWS * L] = Float.intBitsToFloat(touched);
    c0x.intoArray(tile, 0);
    c0y.intoArray(tile, L);
    c1x.intoArray(tile, 2 * L);
    c1y.intoArray(tile, 3 * L);
    c2x.intoArray(tile, 4 * L);
    c2y.intoArray(tile, 5 * L);
    c3x.intoArray(tile, 6 * L);
    c3y.intoArray(tile, 7 * L);
    c4x.intoArray(tile, 8 * L);
    c4y.intoArray(tile, 9 * L);
    c5x.intoArray(tile, 10 * L);
    c5y.intoArray(tile, 11 * L);
    c6x.intoArray(tile, 12 * L);
    c6y.intoArray(tile, 13 * L);
    c7x.intoArray(tile, 14 * L);
    c7y.intoArray(tile, 15 * L);
    c8x.intoArray(tile, 16 * L);
    c8y.intoArray(tile, 17 * L);
    c9x.intoArray(tile, 18 * L);
    c9y.intoArray(tile, 19 * L);
    c10x.intoArray(tile, 20 * L);
    c10y.intoArray(tile, 21 * L);
    c11x.intoArray(tile, 22 * L);
    c11y.intoArray(tile, 23 * L);
  }
}
