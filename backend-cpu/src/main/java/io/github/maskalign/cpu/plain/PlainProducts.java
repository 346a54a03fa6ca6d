package io.github.maskalign.cpu.plain;

import io.github.maskalign.cpu.gemm.Blocking;
import io.github.maskalign.cpu.gemm.Matrix;
import io.github.maskalign.cpu.runtime.Scratch;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Adds products of matrices whose rows are arrays: c [rows, columns] += a [rows, depth] b [depth,
 * columns].
 *
 * <p>The inner loop runs over columns, adds four terms to four rows, and so does 16 multiply-adds
 * for 8 loads and 4 stores. Every row of b and c is an array of its own and all are read at one
 * index that starts at 0: C2 vectorizes the loop, since such arrays are either equal or apart. On
 * one array with row offsets, or from another first index, it does not, and the loop is 10 times
 * slower (JDK 25).
 *
 * <p>The left operand is packed as squares of 4 rows by 4 terms, those of the same rows one after
 * another, padded to multiples of 4.
 */
final class PlainProducts {
  /** Rows and terms of a square. */
  static final int SIDE = 4;

  /** Rows of c that stay in the first-level cache while all terms are added. */
  private static final int CACHED_ROWS = 8;

  private static final ValueLayout.OfFloat F32 = ValueLayout.JAVA_FLOAT_UNALIGNED;

  private PlainProducts() {}

  /** The smallest multiple of {@link #SIDE} that is not below n. */
  static int pad(int n) {
    return Blocking.roundUp(n, SIDE);
  }

  /** Floats of a packed left operand. */
  static int packed(int rows, int depth) {
    return Math.multiplyExact(pad(rows), pad(depth));
  }

  /** Packs rows row .. row + rows - 1, columns k .. k + depth - 1 of a left operand. */
  static void pack(Matrix a, int row, int rows, int k, int depth, float[] to, Scratch scratch) {
    int span = SIDE * pad(depth);
    if (rows % SIDE != 0 || depth % SIDE != 0) {
      Arrays.fill(to, 0, packed(rows, depth), 0f);
    }
    MemorySegment segment = a.segment();
    if (a.columnStride() == 1) {
      float[] line = scratch.takeFloats(depth);
      for (int i = 0; i < rows; i++) {
        MemorySegment.copy(segment, F32, a.at(row + i, k), line, 0, depth);
        int at = i / SIDE * span + i % SIDE * SIDE;
        for (int j = 0; j < depth; j++) {
          to[at + (j >> 2) * SIDE * SIDE + (j & 3)] = line[j];
        }
      }
      scratch.give(line);
    } else if (a.rowStride() == 1) {
      float[] line = scratch.takeFloats(rows);
      for (int j = 0; j < depth; j++) {
        MemorySegment.copy(segment, F32, a.at(row, k + j), line, 0, rows);
        int at = (j >> 2) * SIDE * SIDE + (j & 3);
        for (int i = 0; i < rows; i++) {
          to[at + (i >> 2) * span + (i & 3) * SIDE] = line[i];
        }
      }
      scratch.give(line);
    } else {
      for (int i = 0; i < rows; i++) {
        int at = i / SIDE * span + i % SIDE * SIDE;
        for (int j = 0; j < depth; j++) {
          to[at + (j >> 2) * SIDE * SIDE + (j & 3)] = segment.get(F32, a.at(row + i, k + j));
        }
      }
    }
  }

  /** Packs the transpose of rows that are arrays, [depth, columns], as a left operand. */
  static void packTransposed(float[][] b, int bAt, int columns, int depth, float[] to) {
    int span = SIDE * pad(depth);
    if (columns % SIDE != 0 || depth % SIDE != 0) {
      Arrays.fill(to, 0, packed(columns, depth), 0f);
    }
    for (int k = 0; k < depth; k++) {
      float[] line = b[bAt + k];
      int at = (k >> 2) * SIDE * SIDE + (k & 3);
      for (int i = 0; i < columns; i++) {
        to[at + (i >> 2) * span + (i & 3) * SIDE] = line[i];
      }
    }
  }

  /**
   * Adds a product to the first n columns.
   *
   * @param a packed; its rows begin at aAt
   * @param b its rows from bAt on
   * @param c its first rows, padded to a multiple of {@link #SIDE}
   */
  static void add(
      float[] a, int aAt, float[][] b, int bAt, int depth, float[][] c, int rows, int n) {
    for (int row = 0; row < rows; row += CACHED_ROWS) {
      add(a, aAt, b, bAt, depth, c, row, Math.min(rows, row + CACHED_ROWS), n);
    }
  }

  /** Adds a product to the rows from .. to - 1. */
  private static void add(
      float[] a, int aAt, float[][] b, int bAt, int depth, float[][] c, int from, int to, int n) {
    int span = SIDE * pad(depth);
    int whole = depth / SIDE * SIDE;
    for (int k = 0; k < whole; k += SIDE) {
      float[] b0 = b[bAt + k];
      float[] b1 = b[bAt + k + 1];
      float[] b2 = b[bAt + k + 2];
      float[] b3 = b[bAt + k + 3];
      for (int i = from; i < to; i += SIDE) {
        int square = aAt + i / SIDE * span + k * SIDE;
        square(a, square, b0, b1, b2, b3, c[i], c[i + 1], c[i + 2], c[i + 3], n);
      }
    }
    for (int k = whole; k < depth; k++) {
      for (int i = from; i < to; i += SIDE) {
        int column = aAt + i / SIDE * span + whole * SIDE + k - whole;
        column(a, column, b[bAt + k], c[i], c[i + 1], c[i + 2], c[i + 3], n);
      }
    }
  }

  private static void square(
      float[] a,
      int at,
      float[] b0,
      float[] b1,
      float[] b2,
      float[] b3,
      float[] c0,
      float[] c1,
      float[] c2,
      float[] c3,
      int n) {
    float a00 = a[at];
    float a01 = a[at + 1];
    float a02 = a[at + 2];
    float a03 = a[at + 3];
    float a10 = a[at + 4];
    float a11 = a[at + 5];
    float a12 = a[at + 6];
    float a13 = a[at + 7];
    float a20 = a[at + 8];
    float a21 = a[at + 9];
    float a22 = a[at + 10];
    float a23 = a[at + 11];
    float a30 = a[at + 12];
    float a31 = a[at + 13];
    float a32 = a[at + 14];
    float a33 = a[at + 15];
    for (int j = 0; j < n; j++) {
      float x0 = b0[j];
      float x1 = b1[j];
      float x2 = b2[j];
      float x3 = b3[j];
      c0[j] = Math.fma(a03, x3, Math.fma(a02, x2, Math.fma(a01, x1, Math.fma(a00, x0, c0[j]))));
      c1[j] = Math.fma(a13, x3, Math.fma(a12, x2, Math.fma(a11, x1, Math.fma(a10, x0, c1[j]))));
      c2[j] = Math.fma(a23, x3, Math.fma(a22, x2, Math.fma(a21, x1, Math.fma(a20, x0, c2[j]))));
      c3[j] = Math.fma(a33, x3, Math.fma(a32, x2, Math.fma(a31, x1, Math.fma(a30, x0, c3[j]))));
    }
  }

  private static void column(
      float[] a, int at, float[] b, float[] c0, float[] c1, float[] c2, float[] c3, int n) {
    float a0 = a[at];
    float a1 = a[at + SIDE];
    float a2 = a[at + 2 * SIDE];
    float a3 = a[at + 3 * SIDE];
    for (int j = 0; j < n; j++) {
      float x = b[j];
      c0[j] = Math.fma(a0, x, c0[j]);
      c1[j] = Math.fma(a1, x, c1[j]);
      c2[j] = Math.fma(a2, x, c2[j]);
      c3[j] = Math.fma(a3, x, c3[j]);
    }
  }

  /** to [columns, rows] = the transpose of from [rows, columns], by squares that stay cached. */
  static void transpose(float[][] from, int rows, int columns, float[][] to) {
    int edge = 16;
    for (int i0 = 0; i0 < rows; i0 += edge) {
      int i1 = Math.min(rows, i0 + edge);
      for (int j0 = 0; j0 < columns; j0 += edge) {
        int j1 = Math.min(columns, j0 + edge);
        for (int j = j0; j < j1; j++) {
          float[] row = to[j];
          for (int i = i0; i < i1; i++) {
            row[i] = from[i][j];
          }
        }
      }
    }
  }
}
