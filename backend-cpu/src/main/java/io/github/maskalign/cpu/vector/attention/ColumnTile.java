package io.github.maskalign.cpu.vector.attention;

import static io.github.maskalign.cpu.vector.Lanes.F32;
import static io.github.maskalign.cpu.vector.Lanes.L;
import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.FloatVector.zero;

import jdk.incubator.vector.FloatVector;

/**
 * Products like those of {@link AttentionTile} whose left operand is stored by columns: the
 * elements that a step broadcasts are neighbors, so that one range check covers them.
 *
 * <p>A tile has 6 rows of 4 vectors, or 8 rows of fewer; with 16 registers 4 rows. Each element is
 * one chain of multiply-adds, whatever its tile.
 */
final class ColumnTile {

  /** Rows after the last that a product reads of a column of its left operand, and writes. */
  static final int SLACK = 8;

  private static final boolean WIDE = L >= 16;

  private ColumnTile() {}

  /**
   * c [rows, vectors L] = a [rows, depth] b (+ c), for a whose columns are aStep floats apart and b
   * that is packed with bDepth rows.
   */
  static void product(
      float[] a,
      int aAt,
      int aStep,
      float[] b,
      int bAt,
      int bDepth,
      int rows,
      int depth,
      int vectors,
      float[] c,
      int cAt,
      int cRow,
      boolean add) {
    for (int v = 0; v < vectors; ) {
      int width = AttentionTile.panel(vectors - v);
      int panel = bAt + v * L * bDepth;
      int height = !WIDE ? 4 : width == 4 ? 6 : 8;
      for (int i = 0; i < rows; i += height) {
        int from = aAt + i;
        int to = cAt + i * cRow + v * L;
        if (width == 4) {
          sixByFour(a, from, aStep, b, panel, depth, c, to, cRow, add);
        } else if (width == 2 && WIDE) {
          eightByTwo(a, from, aStep, b, panel, depth, c, to, cRow, add);
        } else if (width == 2) {
          fourByTwo(a, from, aStep, b, panel, depth, c, to, cRow, add);
        } else if (WIDE) {
          eightByOne(a, from, aStep, b, panel, depth, c, to, cRow, add);
        } else {
          fourByOne(a, from, aStep, b, panel, depth, c, to, cRow, add);
        }
      }
      v += width;
    }
  }

  private static FloatVector start(float[] c, int at, boolean add) {
    return add ? fromArray(F32, c, at) : zero(F32);
  }

  private static void sixByFour(
      float[] a,
      int aAt,
      int aStep,
      float[] b,
      int bAt,
      int depth,
      float[] c,
      int cAt,
      int cRow,
      boolean add) {
    FloatVector s00 = start(c, cAt, add);
    FloatVector s01 = start(c, cAt + L, add);
    FloatVector s02 = start(c, cAt + 2 * L, add);
    FloatVector s03 = start(c, cAt + 3 * L, add);
    FloatVector s10 = start(c, cAt + cRow, add);
    FloatVector s11 = start(c, cAt + cRow + L, add);
    FloatVector s12 = start(c, cAt + cRow + 2 * L, add);
    FloatVector s13 = start(c, cAt + cRow + 3 * L, add);
    FloatVector s20 = start(c, cAt + 2 * cRow, add);
    FloatVector s21 = start(c, cAt + 2 * cRow + L, add);
    FloatVector s22 = start(c, cAt + 2 * cRow + 2 * L, add);
    FloatVector s23 = start(c, cAt + 2 * cRow + 3 * L, add);
    FloatVector s30 = start(c, cAt + 3 * cRow, add);
    FloatVector s31 = start(c, cAt + 3 * cRow + L, add);
    FloatVector s32 = start(c, cAt + 3 * cRow + 2 * L, add);
    FloatVector s33 = start(c, cAt + 3 * cRow + 3 * L, add);
    FloatVector s40 = start(c, cAt + 4 * cRow, add);
    FloatVector s41 = start(c, cAt + 4 * cRow + L, add);
    FloatVector s42 = start(c, cAt + 4 * cRow + 2 * L, add);
    FloatVector s43 = start(c, cAt + 4 * cRow + 3 * L, add);
    FloatVector s50 = start(c, cAt + 5 * cRow, add);
    FloatVector s51 = start(c, cAt + 5 * cRow + L, add);
    FloatVector s52 = start(c, cAt + 5 * cRow + 2 * L, add);
    FloatVector s53 = start(c, cAt + 5 * cRow + 3 * L, add);
    for (int k = 0; k < depth; k++) {
      int p = aAt + k * aStep;
      int q = bAt + k * 4 * L;
      FloatVector b0 = fromArray(F32, b, q);
      FloatVector b1 = fromArray(F32, b, q + L);
      FloatVector b2 = fromArray(F32, b, q + 2 * L);
      FloatVector b3 = fromArray(F32, b, q + 3 * L);
      FloatVector x;
      x = broadcast(F32, a[p]);
      s00 = x.fma(b0, s00);
      s01 = x.fma(b1, s01);
      s02 = x.fma(b2, s02);
      s03 = x.fma(b3, s03);
      x = broadcast(F32, a[p + 1]);
      s10 = x.fma(b0, s10);
      s11 = x.fma(b1, s11);
      s12 = x.fma(b2, s12);
      s13 = x.fma(b3, s13);
      x = broadcast(F32, a[p + 2]);
      s20 = x.fma(b0, s20);
      s21 = x.fma(b1, s21);
      s22 = x.fma(b2, s22);
      s23 = x.fma(b3, s23);
      x = broadcast(F32, a[p + 3]);
      s30 = x.fma(b0, s30);
      s31 = x.fma(b1, s31);
      s32 = x.fma(b2, s32);
      s33 = x.fma(b3, s33);
      x = broadcast(F32, a[p + 4]);
      s40 = x.fma(b0, s40);
      s41 = x.fma(b1, s41);
      s42 = x.fma(b2, s42);
      s43 = x.fma(b3, s43);
      x = broadcast(F32, a[p + 5]);
      s50 = x.fma(b0, s50);
      s51 = x.fma(b1, s51);
      s52 = x.fma(b2, s52);
      s53 = x.fma(b3, s53);
    }
    s00.intoArray(c, cAt);
    s01.intoArray(c, cAt + L);
    s02.intoArray(c, cAt + 2 * L);
    s03.intoArray(c, cAt + 3 * L);
    s10.intoArray(c, cAt + cRow);
    s11.intoArray(c, cAt + cRow + L);
    s12.intoArray(c, cAt + cRow + 2 * L);
    s13.intoArray(c, cAt + cRow + 3 * L);
    s20.intoArray(c, cAt + 2 * cRow);
    s21.intoArray(c, cAt + 2 * cRow + L);
    s22.intoArray(c, cAt + 2 * cRow + 2 * L);
    s23.intoArray(c, cAt + 2 * cRow + 3 * L);
    s30.intoArray(c, cAt + 3 * cRow);
    s31.intoArray(c, cAt + 3 * cRow + L);
    s32.intoArray(c, cAt + 3 * cRow + 2 * L);
    s33.intoArray(c, cAt + 3 * cRow + 3 * L);
    s40.intoArray(c, cAt + 4 * cRow);
    s41.intoArray(c, cAt + 4 * cRow + L);
    s42.intoArray(c, cAt + 4 * cRow + 2 * L);
    s43.intoArray(c, cAt + 4 * cRow + 3 * L);
    s50.intoArray(c, cAt + 5 * cRow);
    s51.intoArray(c, cAt + 5 * cRow + L);
    s52.intoArray(c, cAt + 5 * cRow + 2 * L);
    s53.intoArray(c, cAt + 5 * cRow + 3 * L);
  }

  private static void eightByTwo(
      float[] a,
      int aAt,
      int aStep,
      float[] b,
      int bAt,
      int depth,
      float[] c,
      int cAt,
      int cRow,
      boolean add) {
    FloatVector s00 = start(c, cAt, add);
    FloatVector s01 = start(c, cAt + L, add);
    FloatVector s10 = start(c, cAt + cRow, add);
    FloatVector s11 = start(c, cAt + cRow + L, add);
    FloatVector s20 = start(c, cAt + 2 * cRow, add);
    FloatVector s21 = start(c, cAt + 2 * cRow + L, add);
    FloatVector s30 = start(c, cAt + 3 * cRow, add);
    FloatVector s31 = start(c, cAt + 3 * cRow + L, add);
    FloatVector s40 = start(c, cAt + 4 * cRow, add);
    FloatVector s41 = start(c, cAt + 4 * cRow + L, add);
    FloatVector s50 = start(c, cAt + 5 * cRow, add);
    FloatVector s51 = start(c, cAt + 5 * cRow + L, add);
    FloatVector s60 = start(c, cAt + 6 * cRow, add);
    FloatVector s61 = start(c, cAt + 6 * cRow + L, add);
    FloatVector s70 = start(c, cAt + 7 * cRow, add);
    FloatVector s71 = start(c, cAt + 7 * cRow + L, add);
    for (int k = 0; k < depth; k++) {
      int p = aAt + k * aStep;
      int q = bAt + k * 2 * L;
      FloatVector b0 = fromArray(F32, b, q);
      FloatVector b1 = fromArray(F32, b, q + L);
      FloatVector x;
      x = broadcast(F32, a[p]);
      s00 = x.fma(b0, s00);
      s01 = x.fma(b1, s01);
      x = broadcast(F32, a[p + 1]);
      s10 = x.fma(b0, s10);
      s11 = x.fma(b1, s11);
      x = broadcast(F32, a[p + 2]);
      s20 = x.fma(b0, s20);
      s21 = x.fma(b1, s21);
      x = broadcast(F32, a[p + 3]);
      s30 = x.fma(b0, s30);
      s31 = x.fma(b1, s31);
      x = broadcast(F32, a[p + 4]);
      s40 = x.fma(b0, s40);
      s41 = x.fma(b1, s41);
      x = broadcast(F32, a[p + 5]);
      s50 = x.fma(b0, s50);
      s51 = x.fma(b1, s51);
      x = broadcast(F32, a[p + 6]);
      s60 = x.fma(b0, s60);
      s61 = x.fma(b1, s61);
      x = broadcast(F32, a[p + 7]);
      s70 = x.fma(b0, s70);
      s71 = x.fma(b1, s71);
    }
    s00.intoArray(c, cAt);
    s01.intoArray(c, cAt + L);
    s10.intoArray(c, cAt + cRow);
    s11.intoArray(c, cAt + cRow + L);
    s20.intoArray(c, cAt + 2 * cRow);
    s21.intoArray(c, cAt + 2 * cRow + L);
    s30.intoArray(c, cAt + 3 * cRow);
    s31.intoArray(c, cAt + 3 * cRow + L);
    s40.intoArray(c, cAt + 4 * cRow);
    s41.intoArray(c, cAt + 4 * cRow + L);
    s50.intoArray(c, cAt + 5 * cRow);
    s51.intoArray(c, cAt + 5 * cRow + L);
    s60.intoArray(c, cAt + 6 * cRow);
    s61.intoArray(c, cAt + 6 * cRow + L);
    s70.intoArray(c, cAt + 7 * cRow);
    s71.intoArray(c, cAt + 7 * cRow + L);
  }

  private static void eightByOne(
      float[] a,
      int aAt,
      int aStep,
      float[] b,
      int bAt,
      int depth,
      float[] c,
      int cAt,
      int cRow,
      boolean add) {
    FloatVector s0 = start(c, cAt, add);
    FloatVector s1 = start(c, cAt + cRow, add);
    FloatVector s2 = start(c, cAt + 2 * cRow, add);
    FloatVector s3 = start(c, cAt + 3 * cRow, add);
    FloatVector s4 = start(c, cAt + 4 * cRow, add);
    FloatVector s5 = start(c, cAt + 5 * cRow, add);
    FloatVector s6 = start(c, cAt + 6 * cRow, add);
    FloatVector s7 = start(c, cAt + 7 * cRow, add);
    for (int k = 0; k < depth; k++) {
      int p = aAt + k * aStep;
      int q = bAt + k * L;
      FloatVector b0 = fromArray(F32, b, q);
      FloatVector x;
      x = broadcast(F32, a[p]);
      s0 = x.fma(b0, s0);
      x = broadcast(F32, a[p + 1]);
      s1 = x.fma(b0, s1);
      x = broadcast(F32, a[p + 2]);
      s2 = x.fma(b0, s2);
      x = broadcast(F32, a[p + 3]);
      s3 = x.fma(b0, s3);
      x = broadcast(F32, a[p + 4]);
      s4 = x.fma(b0, s4);
      x = broadcast(F32, a[p + 5]);
      s5 = x.fma(b0, s5);
      x = broadcast(F32, a[p + 6]);
      s6 = x.fma(b0, s6);
      x = broadcast(F32, a[p + 7]);
      s7 = x.fma(b0, s7);
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

  private static void fourByTwo(
      float[] a,
      int aAt,
      int aStep,
      float[] b,
      int bAt,
      int depth,
      float[] c,
      int cAt,
      int cRow,
      boolean add) {
    FloatVector s00 = start(c, cAt, add);
    FloatVector s01 = start(c, cAt + L, add);
    FloatVector s10 = start(c, cAt + cRow, add);
    FloatVector s11 = start(c, cAt + cRow + L, add);
    FloatVector s20 = start(c, cAt + 2 * cRow, add);
    FloatVector s21 = start(c, cAt + 2 * cRow + L, add);
    FloatVector s30 = start(c, cAt + 3 * cRow, add);
    FloatVector s31 = start(c, cAt + 3 * cRow + L, add);
    for (int k = 0; k < depth; k++) {
      int p = aAt + k * aStep;
      int q = bAt + k * 2 * L;
      FloatVector b0 = fromArray(F32, b, q);
      FloatVector b1 = fromArray(F32, b, q + L);
      FloatVector x;
      x = broadcast(F32, a[p]);
      s00 = x.fma(b0, s00);
      s01 = x.fma(b1, s01);
      x = broadcast(F32, a[p + 1]);
      s10 = x.fma(b0, s10);
      s11 = x.fma(b1, s11);
      x = broadcast(F32, a[p + 2]);
      s20 = x.fma(b0, s20);
      s21 = x.fma(b1, s21);
      x = broadcast(F32, a[p + 3]);
      s30 = x.fma(b0, s30);
      s31 = x.fma(b1, s31);
    }
    s00.intoArray(c, cAt);
    s01.intoArray(c, cAt + L);
    s10.intoArray(c, cAt + cRow);
    s11.intoArray(c, cAt + cRow + L);
    s20.intoArray(c, cAt + 2 * cRow);
    s21.intoArray(c, cAt + 2 * cRow + L);
    s30.intoArray(c, cAt + 3 * cRow);
    s31.intoArray(c, cAt + 3 * cRow + L);
  }

  private static void fourByOne(
      float[] a,
      int aAt,
      int aStep,
      float[] b,
      int bAt,
      int depth,
      float[] c,
      int cAt,
      int cRow,
      boolean add) {
    FloatVector s0 = start(c, cAt, add);
    FloatVector s1 = start(c, cAt + cRow, add);
    FloatVector s2 = start(c, cAt + 2 * cRow, add);
    FloatVector s3 = start(c, cAt + 3 * cRow, add);
    for (int k = 0; k < depth; k++) {
      int p = aAt + k * aStep;
      int q = bAt + k * L;
      FloatVector b0 = fromArray(F32, b, q);
      FloatVector x;
      x = broadcast(F32, a[p]);
      s0 = x.fma(b0, s0);
      x = broadcast(F32, a[p + 1]);
      s1 = x.fma(b0, s1);
      x = broadcast(F32, a[p + 2]);
      s2 = x.fma(b0, s2);
      x = broadcast(F32, a[p + 3]);
      s3 = x.fma(b0, s3);
    }
    s0.intoArray(c, cAt);
    s1.intoArray(c, cAt + cRow);
    s2.intoArray(c, cAt + 2 * cRow);
    s3.intoArray(c, cAt + 3 * cRow);
  }
}
