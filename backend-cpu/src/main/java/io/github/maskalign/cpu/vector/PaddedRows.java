package io.github.maskalign.cpu.vector;

import static io.github.maskalign.cpu.vector.Lanes.F32;
import static io.github.maskalign.cpu.vector.Lanes.L;
import static io.github.maskalign.cpu.vector.Lanes.ORDER;
import static jdk.incubator.vector.FloatVector.fromArray;
import static jdk.incubator.vector.FloatVector.fromMemorySegment;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/** Moves rows between strided memory and arrays in which they are padded to whole vectors. */
public final class PaddedRows {
  /** Rows of a tile: the number of padded rows is a multiple of it. */
  public static final int TILE_ROWS = 4;

  private PaddedRows() {}

  /** Rows rounded up to whole tiles. */
  public static int padRows(int rows) {
    return (rows + TILE_ROWS - 1) / TILE_ROWS * TILE_ROWS;
  }

  /** Columns rounded up to whole vectors. */
  public static int padColumns(int columns) {
    return vectors(columns) * L;
  }

  /** Vectors in a row. */
  public static int vectors(int columns) {
    return (columns + L - 1) / L;
  }

  /**
   * Rows times a factor, one after the other, as [padRows(rows), vectors(width) L] with zeros after
   * the last row and column.
   */
  public static void pack(
      MemorySegment x,
      long at,
      long stride,
      int rows,
      int width,
      float factor,
      float[] to,
      int toAt) {
    int padded = padColumns(width);
    for (int r = 0; r < rows; r++) {
      long row = at + r * stride;
      int target = toAt + r * padded;
      int j = 0;
      for (; j <= width - L; j += L) {
        fromMemorySegment(F32, x, row + 4L * j, ORDER).mul(factor).intoArray(to, target + j);
      }
      if (j < width) {
        fromMemorySegment(F32, x, row + 4L * j, ORDER, F32.indexInRange(0, width - j))
            .mul(factor)
            .intoArray(to, target + j);
      }
    }
    Arrays.fill(to, toAt + rows * padded, toAt + padRows(rows) * padded, 0f);
  }

  /** Writes [rows, width] of an array with rows fromRow apart, row i times factors[i] factor. */
  public static void unpack(
      float[] from,
      int fromAt,
      int fromRow,
      int rows,
      int width,
      float[] factors,
      int factorsAt,
      MemorySegment y,
      long at,
      long stride) {
    for (int r = 0; r < rows; r++) {
      unpackRow(from, fromAt + r * fromRow, width, factors[factorsAt + r], y, at + r * stride);
    }
  }

  /** Writes [rows, width] of an array with rows fromRow apart, times a factor. */
  public static void unpack(
      float[] from,
      int fromAt,
      int fromRow,
      int rows,
      int width,
      float factor,
      MemorySegment y,
      long at,
      long stride) {
    for (int r = 0; r < rows; r++) {
      unpackRow(from, fromAt + r * fromRow, width, factor, y, at + r * stride);
    }
  }

  private static void unpackRow(
      float[] from, int fromAt, int width, float factor, MemorySegment y, long at) {
    int j = 0;
    for (; j <= width - L; j += L) {
      fromArray(F32, from, fromAt + j).mul(factor).intoMemorySegment(y, at + 4L * j, ORDER);
    }
    if (j < width) {
      FloatVector v = fromArray(F32, from, fromAt + j).mul(factor);
      v.intoMemorySegment(y, at + 4L * j, ORDER, F32.indexInRange(0, width - j));
    }
  }
}
