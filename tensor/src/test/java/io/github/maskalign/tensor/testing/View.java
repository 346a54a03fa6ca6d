package io.github.maskalign.tensor.testing;

import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import java.util.Arrays;

/** Memory layouts of a tensor of given shape, each as a view of a base tensor. */
public enum View {
  /** Row-major. */
  CONTIGUOUS,
  /** Row-major, but not at the beginning of its storage. */
  OFFSET,
  /** The last two axes exchanged. */
  TRANSPOSED,
  /** All axes reversed. */
  PERMUTED,
  /** A window of a tensor that is larger along every axis. */
  SLICED,
  /** The first axis repeated. */
  BROADCAST_FIRST,
  /** The last axis repeated. */
  BROADCAST_LAST;

  /** The shape of the base tensor for a view of shape {@code dims}. */
  int[] baseDims(int... dims) {
    int rank = dims.length;
    int[] base = dims.clone();
    switch (this) {
      case CONTIGUOUS -> {}
      case OFFSET -> {
        if (rank > 0) {
          base[0] += 3;
        }
      }
      case TRANSPOSED -> {
        if (rank > 1) {
          base[rank - 2] = dims[rank - 1];
          base[rank - 1] = dims[rank - 2];
        }
      }
      case PERMUTED -> Arrays.setAll(base, i -> dims[rank - 1 - i]);
      case SLICED -> Arrays.setAll(base, i -> dims[i] + 3);
      case BROADCAST_FIRST -> {
        if (rank > 0) {
          base[0] = 1;
        }
      }
      case BROADCAST_LAST -> {
        if (rank > 0) {
          base[rank - 1] = 1;
        }
      }
    }
    return base;
  }

  /** The view of shape {@code dims} of a base tensor. */
  Tensor of(Ops ops, Tensor base, int... dims) {
    int rank = dims.length;
    if (rank == 0) {
      return base;
    }
    return switch (this) {
      case CONTIGUOUS -> base;
      case OFFSET -> ops.slice(base, 0, 1, 1 + dims[0]);
      case TRANSPOSED -> rank < 2 ? base : ops.transpose(base);
      case PERMUTED -> {
        int[] axes = new int[rank];
        Arrays.setAll(axes, i -> rank - 1 - i);
        yield ops.permute(base, axes);
      }
      case SLICED -> {
        Tensor window = base;
        for (int axis = 0; axis < rank; axis++) {
          window = ops.slice(window, axis, 1, 1 + dims[axis]);
        }
        yield window;
      }
      case BROADCAST_FIRST, BROADCAST_LAST -> ops.broadcast(base, Shape.of(dims));
    };
  }
}
