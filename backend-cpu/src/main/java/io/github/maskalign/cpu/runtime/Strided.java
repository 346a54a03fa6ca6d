package io.github.maskalign.cpu.runtime;

import java.util.Arrays;

/**
 * Merges axes that several layouts traverse in the same way, so that kernels run fewer and longer
 * loops.
 *
 * <p>Layout k has {@code strides[k][axis]} elements between neighbors (0 where it is broadcast).
 * The result drops axes of size 1 and has at least one axis.
 */
public record Strided(int[] sizes, int[][] strides) {

  public static Strided of(int[] shape, int[]... strides) {
    int layouts = strides.length;
    int[] sizes = new int[Math.max(1, shape.length)];
    int[][] joined = new int[layouts][sizes.length];
    int rank = 0;
    for (int axis = 0; axis < shape.length; axis++) {
      if (shape[axis] == 1) {
        continue;
      }
      if (rank > 0 && continues(joined, rank - 1, shape[axis], strides, axis)) {
        sizes[rank - 1] *= shape[axis];
        rank--;
      } else {
        sizes[rank] = shape[axis];
      }
      for (int k = 0; k < layouts; k++) {
        joined[k][rank] = strides[k][axis];
      }
      rank++;
    }
    if (rank == 0) {
      sizes[0] = 1;
      rank = 1;
    }
    int[][] cut = new int[layouts][];
    for (int k = 0; k < layouts; k++) {
      cut[k] = Arrays.copyOf(joined[k], rank);
    }
    return new Strided(Arrays.copyOf(sizes, rank), cut);
  }

  private static boolean continues(int[][] joined, int last, int size, int[][] strides, int axis) {
    for (int k = 0; k < strides.length; k++) {
      if (joined[k][last] != (long) strides[k][axis] * size) {
        return false;
      }
    }
    return true;
  }

  /** The strides of a contiguous block of this shape. */
  public static int[] contiguous(int[] shape) {
    int[] strides = new int[shape.length];
    int step = 1;
    for (int axis = shape.length - 1; axis >= 0; axis--) {
      strides[axis] = step;
      step *= shape[axis];
    }
    return strides;
  }

  public int inner() {
    return sizes[sizes.length - 1];
  }

  public int innerStride(int layout) {
    return strides[layout][sizes.length - 1];
  }

  /** Number of innermost rows. */
  public long rows() {
    long rows = 1;
    for (int axis = 0; axis < sizes.length - 1; axis++) {
      rows *= sizes[axis];
    }
    return rows;
  }

  /** First element of a row of a layout, relative to the layout's start. */
  public long rowStart(int layout, long row) {
    long start = 0;
    for (int axis = sizes.length - 2; axis >= 0; axis--) {
      start += row % sizes[axis] * strides[layout][axis];
      row /= sizes[axis];
    }
    return start;
  }

  /** The same traversal with one axis fixed at its first index. */
  public Strided without(int axis) {
    int[] rest = sizes.clone();
    rest[axis] = 1;
    return new Strided(rest, strides);
  }

  /** An axis other than the innermost along which a layout has stride 1, or -1. */
  public int unitAxis(int layout) {
    for (int axis = sizes.length - 2; axis >= 0; axis--) {
      if (strides[layout][axis] == 1) {
        return axis;
      }
    }
    return -1;
  }
}
