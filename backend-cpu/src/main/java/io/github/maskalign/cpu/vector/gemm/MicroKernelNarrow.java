package io.github.maskalign.cpu.vector.gemm;

import static io.github.maskalign.cpu.vector.Lanes.F32;
import static io.github.maskalign.cpu.vector.Lanes.L;

import jdk.incubator.vector.FloatVector;

/**
 * The micro-kernel for processors with 16 vector registers: 4 rows of 2 vectors. 8 accumulators, 2
 * vectors of B and the 4 broadcasts that C2 hoists to the top of a step fit without a spill; 6 rows
 * would not, and a spilled accumulator makes the kernel 2.5 times slower.
 */
final class MicroKernelNarrow {

  static final int ROWS = 4;

  private MicroKernelNarrow() {}

  /** See {@link MicroKernel#run}. */
  static void run(int depth, float[] a, int aAt, float[] b, int bAt, float[] tile) {
    FloatVector c00 = FloatVector.zero(F32), c01 = FloatVector.zero(F32);
    FloatVector c10 = FloatVector.zero(F32), c11 = FloatVector.zero(F32);
    FloatVector c20 = FloatVector.zero(F32), c21 = FloatVector.zero(F32);
    FloatVector c30 = FloatVector.zero(F32), c31 = FloatVector.zero(F32);
    for (int k = 0, p = aAt, q = bAt; k < depth; k++, p += 4, q += 2 * L) {
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
    }
    c00.intoArray(tile, 0);
    c01.intoArray(tile, L);
    c10.intoArray(tile, 2 * L);
    c11.intoArray(tile, 3 * L);
    c20.intoArray(tile, 4 * L);
    c21.intoArray(tile, 5 * L);
    c30.intoArray(tile, 6 * L);
    c31.intoArray(tile, 7 * L);
  }
}
