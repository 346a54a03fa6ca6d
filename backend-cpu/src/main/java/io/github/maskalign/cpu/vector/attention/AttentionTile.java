package io.github.maskalign.cpu.vector.attention;

import static io.github.maskalign.cpu.vector.Lanes.F32;
import static io.github.maskalign.cpu.vector.Lanes.L;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.FloatVector.zero;

import io.github.maskalign.cpu.vector.PaddedRows;
import jdk.incubator.vector.FloatVector;

/**
 * Matrix products of the size of one attention head, from arrays that fit the cache.
 *
 * <p>The right operand [depth, columns] is packed in panels of 4, 2 or 1 vectors' columns (see
 * {@link #panel}), a panel being [depth, its columns]; the panel that starts with vector v starts
 * at v L depth. Tiles are 4 rows by one panel.
 */
final class AttentionTile {
  private static final int ROWS = PaddedRows.TILE_ROWS;

  // Accumulators, vectors of B and broadcasts must fit the registers: 32 with 512 bits, else 16.
  private static final int WIDEST = L >= 16 ? 4 : 2;

  private AttentionTile() {}

  /** Vectors in the panel that begins when {@code left} vectors are left. */
  static int panel(int left) {
    return left >= WIDEST ? WIDEST : left >= 2 ? 2 : 1;
  }

  /** The smallest number of columns in whole panels of the widest kind that is not below one. */
  static int wholePanels(int columns) {
    return (columns + WIDEST * L - 1) / (WIDEST * L) * (WIDEST * L);
  }

  /**
   * c [rows, vectors L] = a [rows, depth] b, for a whose rows are aRow floats apart; their number
   * is a multiple of {@link PaddedRows#TILE_ROWS}.
   */
  static void product(
      float[] a,
      int aAt,
      int aRow,
      float[] b,
      int bAt,
      int rows,
      int depth,
      int vectors,
      float[] c,
      int cAt,
      int cRow) {
    product(a, aAt, aRow, b, bAt, depth, rows, depth, vectors, c, cAt, cRow);
  }

  /** The same with the first rows of b, which is packed with bDepth of them. */
  static void product(
      float[] a,
      int aAt,
      int aRow,
      float[] b,
      int bAt,
      int bDepth,
      int rows,
      int depth,
      int vectors,
      float[] c,
      int cAt,
      int cRow) {
    for (int v = 0; v < vectors; ) {
      int width = panel(vectors - v);
      int bPanel = bAt + v * L * bDepth;
      int i = 0;
      if (width == 1) {
        for (; i <= rows - 2 * ROWS; i += 2 * ROWS) {
          int cTile = cAt + i * cRow + v * L;
          oneOfEight(a, aAt + i * aRow, aRow, b, bPanel, depth, c, cTile, cRow);
        }
      }
      for (; i < rows; i += ROWS) {
        int aTile = aAt + i * aRow;
        int cTile = cAt + i * cRow + v * L;
        switch (width) {
          case 4 -> four(a, aTile, aRow, b, bPanel, depth, c, cTile, cRow);
          case 2 -> two(a, aTile, aRow, b, bPanel, depth, c, cTile, cRow);
          default -> one(a, aTile, aRow, b, bPanel, depth, c, cTile, cRow);
        }
      }
      v += width;
    }
  }

  private static void four(
      float[] a, int aAt, int aRow, float[] b, int bAt, int depth, float[] c, int cAt, int cRow) {
    int c1 = cAt + cRow;
    int c2 = c1 + cRow;
    int c3 = c2 + cRow;
    FloatVector s00 = zero(F32);
    FloatVector s01 = zero(F32);
    FloatVector s02 = zero(F32);
    FloatVector s03 = zero(F32);
    FloatVector s10 = zero(F32);
    FloatVector s11 = zero(F32);
    FloatVector s12 = zero(F32);
    FloatVector s13 = zero(F32);
    FloatVector s20 = zero(F32);
    FloatVector s21 = zero(F32);
    FloatVector s22 = zero(F32);
    FloatVector s23 = zero(F32);
    FloatVector s30 = zero(F32);
    FloatVector s31 = zero(F32);
    FloatVector s32 = zero(F32);
    FloatVector s33 = zero(F32);
    int p = aAt;
    int q = bAt;
    for (int k = 0; k < depth; k++) {
      FloatVector b0 = fromArray(F32, b, q);
      FloatVector b1 = fromArray(F32, b, q + L);
      FloatVector b2 = fromArray(F32, b, q + 2 * L);
      FloatVector b3 = fromArray(F32, b, q + 3 * L);
      FloatVector x = broadcast(F32, a[p]);
      s00 = x.fma(b0, s00);
      s01 = x.fma(b1, s01);
      s02 = x.fma(b2, s02);
      s03 = x.fma(b3, s03);
      x = broadcast(F32, a[p + aRow]);
      s10 = x.fma(b0, s10);
      s11 = x.fma(b1, s11);
      s12 = x.fma(b2, s12);
      s13 = x.fma(b3, s13);
      x = broadcast(F32, a[p + 2 * aRow]);
      s20 = x.fma(b0, s20);
      s21 = x.fma(b1, s21);
      s22 = x.fma(b2, s22);
      s23 = x.fma(b3, s23);
      x = broadcast(F32, a[p + 3 * aRow]);
      s30 = x.fma(b0, s30);
      s31 = x.fma(b1, s31);
      s32 = x.fma(b2, s32);
      s33 = x.fma(b3, s33);
      p++;
      q += 4 * L;
    }
    s00.intoArray(c, cAt);
    s01.intoArray(c, cAt + L);
    s02.intoArray(c, cAt + 2 * L);
    s03.intoArray(c, cAt + 3 * L);
    s10.intoArray(c, c1);
    s11.intoArray(c, c1 + L);
    s12.intoArray(c, c1 + 2 * L);
    s13.intoArray(c, c1 + 3 * L);
    s20.intoArray(c, c2);
    s21.intoArray(c, c2 + L);
    s22.intoArray(c, c2 + 2 * L);
    s23.intoArray(c, c2 + 3 * L);
    s30.intoArray(c, c3);
    s31.intoArray(c, c3 + L);
    s32.intoArray(c, c3 + 2 * L);
    s33.intoArray(c, c3 + 3 * L);
  }

  private static void two(
      float[] a, int aAt, int aRow, float[] b, int bAt, int depth, float[] c, int cAt, int cRow) {
    int c1 = cAt + cRow;
    int c2 = c1 + cRow;
    int c3 = c2 + cRow;
    FloatVector s00 = zero(F32);
    FloatVector s01 = zero(F32);
    FloatVector s10 = zero(F32);
    FloatVector s11 = zero(F32);
    FloatVector s20 = zero(F32);
    FloatVector s21 = zero(F32);
    FloatVector s30 = zero(F32);
    FloatVector s31 = zero(F32);
    int p = aAt;
    int q = bAt;
    for (int k = 0; k < depth; k++) {
      FloatVector b0 = fromArray(F32, b, q);
      FloatVector b1 = fromArray(F32, b, q + L);
      FloatVector x = broadcast(F32, a[p]);
      s00 = x.fma(b0, s00);
      s01 = x.fma(b1, s01);
      x = broadcast(F32, a[p + aRow]);
      s10 = x.fma(b0, s10);
      s11 = x.fma(b1, s11);
      x = broadcast(F32, a[p + 2 * aRow]);
      s20 = x.fma(b0, s20);
      s21 = x.fma(b1, s21);
      x = broadcast(F32, a[p + 3 * aRow]);
      s30 = x.fma(b0, s30);
      s31 = x.fma(b1, s31);
      p++;
      q += 2 * L;
    }
    s00.intoArray(c, cAt);
    s01.intoArray(c, cAt + L);
    s10.intoArray(c, c1);
    s11.intoArray(c, c1 + L);
    s20.intoArray(c, c2);
    s21.intoArray(c, c2 + L);
    s30.intoArray(c, c3);
    s31.intoArray(c, c3 + L);
  }

  private static void one(
      float[] a, int aAt, int aRow, float[] b, int bAt, int depth, float[] c, int cAt, int cRow) {
    int c1 = cAt + cRow;
    int c2 = c1 + cRow;
    int c3 = c2 + cRow;
    FloatVector s0 = zero(F32);
    FloatVector s1 = zero(F32);
    FloatVector s2 = zero(F32);
    FloatVector s3 = zero(F32);
    int p = aAt;
    int q = bAt;
    for (int k = 0; k < depth; k++) {
      FloatVector b0 = fromArray(F32, b, q);
      s0 = broadcast(F32, a[p]).fma(b0, s0);
      s1 = broadcast(F32, a[p + aRow]).fma(b0, s1);
      s2 = broadcast(F32, a[p + 2 * aRow]).fma(b0, s2);
      s3 = broadcast(F32, a[p + 3 * aRow]).fma(b0, s3);
      p++;
      q += L;
    }
    s0.intoArray(c, cAt);
    s1.intoArray(c, c1);
    s2.intoArray(c, c2);
    s3.intoArray(c, c3);
  }

  private static void oneOfEight(
      float[] a, int aAt, int aRow, float[] b, int bAt, int depth, float[] c, int cAt, int cRow) {
    FloatVector s0 = zero(F32);
    FloatVector s1 = zero(F32);
    FloatVector s2 = zero(F32);
    FloatVector s3 = zero(F32);
    FloatVector s4 = zero(F32);
    FloatVector s5 = zero(F32);
    FloatVector s6 = zero(F32);
    FloatVector s7 = zero(F32);
    int p = aAt;
    int q = bAt;
    for (int k = 0; k < depth; k++) {
      FloatVector b0 = fromArray(F32, b, q);
      s0 = broadcast(F32, a[p]).fma(b0, s0);
      s1 = broadcast(F32, a[p + aRow]).fma(b0, s1);
      s2 = broadcast(F32, a[p + 2 * aRow]).fma(b0, s2);
      s3 = broadcast(F32, a[p + 3 * aRow]).fma(b0, s3);
      s4 = broadcast(F32, a[p + 4 * aRow]).fma(b0, s4);
      s5 = broadcast(F32, a[p + 5 * aRow]).fma(b0, s5);
      s6 = broadcast(F32, a[p + 6 * aRow]).fma(b0, s6);
      s7 = broadcast(F32, a[p + 7 * aRow]).fma(b0, s7);
      p++;
      q += L;
    }
    s0.intoArray(c, cAt);
    s1.intoArray(c, cAt + cRow);
    s2.intoArray(c, cAt + 2 * cRow);
    s3.intoArray(c, cAt + 3 * cRow);
    s4.intoArray(c, cAt + 4 * cRow);
    s5.intoArray(c, cAt + 5 * cRow);
    s6.intoArray(c, cAt + 6 * cRow);
    s7.intoArray(c, cAt + 7 * cRow);
  }
}
