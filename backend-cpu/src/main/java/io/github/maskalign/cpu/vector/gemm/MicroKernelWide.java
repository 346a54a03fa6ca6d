package io.github.maskalign.cpu.vector.gemm;

import static io.github.maskalign.cpu.vector.Lanes.F32;
import static io.github.maskalign.cpu.vector.Lanes.L;

import jdk.incubator.vector.FloatVector;

/**
 * The micro-kernel for processors with 32 vector registers: 8 rows of 2 vectors. 16 accumulators, 2
 * vectors of B and the 8 broadcasts that C2 hoists to the top of a step fit without a spill.
 */
final class MicroKernelWide {

  static final int ROWS = 8;

  private MicroKernelWide() {}

  /** See {@link MicroKernel#run}. */
  static void run(int depth, float[] a, int aAt, float[] b, int bAt, float[] tile) {
    FloatVector c00 = FloatVector.zero(F32), c01 = FloatVector.zero(F32);
    FloatVector c10 = FloatVector.zero(F32), c11 = FloatVector.zero(F32);
    FloatVector c20 = FloatVector.zero(F32), c21 = FloatVector.zero(F32);
    FloatVector c30 = FloatVector.zero(F32), c31 = FloatVector.zero(F32);
    FloatVector c40 = FloatVector.zero(F32), c41 = FloatVector.zero(F32);
    FloatVector c50 = FloatVector.zero(F32), c51 = FloatVector.zero(F32);
    FloatVector c60 = FloatVector.zero(F32), c61 = FloatVector.zero(F32);
    FloatVector c70 = FloatVector.zero(F32), c71 = FloatVector.zero(F32);
    for (int k = 0, p = aAt, q = bAt; k < depth; k++, p += 8, q += 2 * L) {
      FloatVector b0 = FloatVector.fromArray(F32, b, q);
      FloatVector b1 = FloatVector.fromArray(F32, b, q + L);
      FloatVector x;
      x = FloatVector.broadcast(F32, a[p]);
      c00 = x.fma(b0, c00);
      c01 = x.fma(b1, c01);
      x = FloatVector.broadcast(F32, a[p + 1]);
      c10 = x.fma(b0, c10);
      c11 = x.fma(b1, c11);
      x = FloatVector.broadcast(F32, a[p + 2]);
      c20 = x.fma(b0, c20);
      c21 = x.fma(b1, c21);
      x = FloatVector.broadcast(F32, a[p + 3]);
      c30 = x.fma(b0, c30);
      c31 = x.fma(b1, c31);
      x = FloatVector.broadcast(F32, a[p + 4]);
      c40 = x.fma(b0, c40);
      c41 = x.fma(b1, c41);
      x = FloatVector.broadcast(F32, a[p + 5]);
      c50 = x.fma(b0, c50);
      c51 = x.fma(b1, c51);
      x = FloatVector.broadcast(F32, a[p + 6]);
      c60 = x.fma(b0, c60);
      c61 = x.fma(b1, c61);
      x = FloatVector.broadcast(F32, a[p + 7]);
      c70 = x.fma(b0, c70);
      c71 = x.fma(b1, c71);
    }
    c00.intoArray(tile, 0);
    c01.intoArray(tile, L);
    c10.intoArray(tile, 2 * L);
    c11.intoArray(tile, 3 * L);
    c20.intoArray(tile, 4 * L);
    c21.intoArray(tile, 5 * L);
    c30.intoArray(tile, 6 * L);
    c31.intoArray(tile, 7 * L);
    c40.intoArray(tile, 8 * L);
    c41.intoArray(tile, 9 * L);
    c50.intoArray(tile, 10 * L);
    c51.intoArray(tile, 11 * L);
    c60.intoArray(tile, 12 * L);
    c61.intoArray(tile, 13 * L);
    c70.intoArray(tile, 14 * L);
    c71.intoArray(tile, 15 * L);
  }
}
