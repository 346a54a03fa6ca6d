package io.github.maskalign.tensor;

import io.github.maskalign.tensor.error.ShapeException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Maps the indices of a shape to positions in a storage: element {@code i} is at {@code offset +
 * sum_a i[a] * stride[a]}, counted in elements. Views are new layouts over the same storage.
 *
 * @since 0.1.0
 */
public final class Layout {

  private final Shape shape;
  private final long[] strides;
  private final long offset;
  private final boolean contiguous;

  private Layout(Shape shape, long[] strides, long offset) {
    this.shape = shape;
    this.strides = strides;
    // The offset of an empty slice may be beyond the end of the storage.
    this.offset = shape.size() == 0 ? 0 : offset;
    this.contiguous = isRowMajor(shape, strides);
  }

  /** Returns the row-major layout without gaps from the start of the storage. */
  public static Layout contiguous(Shape shape) {
    return shape.rowMajor();
  }

  /** Creates the layout that {@link Shape} caches. */
  static Layout rowMajor(Shape shape) {
    return new Layout(shape, rowMajorStrides(shape), 0);
  }

  private static long[] rowMajorStrides(Shape shape) {
    long[] strides = new long[shape.rank()];
    long stride = 1;
    for (int axis = shape.rank() - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= Math.max(1, shape.dim(axis));
    }
    return strides;
  }

  private static boolean isRowMajor(Shape shape, long[] strides) {
    long expected = 1;
    for (int axis = shape.rank() - 1; axis >= 0; axis--) {
      int dim = shape.dim(axis);
      if (dim != 1 && strides[axis] != expected) {
        return shape.size() == 0;
      }
      expected *= dim;
    }
    return true;
  }

  /** The sizes of the axes. */
  public Shape shape() {
    return shape;
  }

  /** Position of the first element in the storage. */
  public long offset() {
    return offset;
  }

  /** Distance in elements between neighbors along an axis; negative axes count from the end. */
  public long stride(int axis) {
    return strides[shape.axis(axis)];
  }

  /** Whether the elements are row-major without gaps. */
  public boolean isContiguous() {
    return contiguous;
  }

  /** Reorders axes: axis {@code i} of the result is axis {@code axes[i]} of this layout. */
  Layout permute(int... axes) {
    int[] dims = new int[axes.length];
    long[] permuted = new long[axes.length];
    boolean[] seen = new boolean[shape.rank()];
    if (axes.length != shape.rank()) {
      throw new ShapeException(
          "permute: " + Arrays.toString(axes) + " does not list every axis of shape " + shape);
    }
    for (int i = 0; i < axes.length; i++) {
      int axis = shape.axis(axes[i]);
      if (seen[axis]) {
        throw new ShapeException("permute: axis " + axis + " occurs twice");
      }
      seen[axis] = true;
      dims[i] = shape.dim(axis);
      permuted[i] = strides[axis];
    }
    return new Layout(Shape.of(dims), permuted, offset);
  }

  /** Selects elements {@code from <= i < to} of one axis. */
  Layout slice(int axis, int from, int to) {
    int index = shape.axis(axis);
    int dim = shape.dim(index);
    if (from < 0 || to < from || to > dim) {
      throw new ShapeException(
          "slice: range [" + from + ", " + to + ") exceeds axis " + axis + " of shape " + shape);
    }
    return new Layout(shape.with(index, to - from), strides, offset + from * strides[index]);
  }

  /** Repeats axes of size 1 and adds leading axes by strides of 0, without copying. */
  Layout broadcast(Shape target) {
    if (target.equals(shape)) {
      return this;
    }
    int added = target.rank() - shape.rank();
    if (added < 0) {
      throw notBroadcast(target);
    }
    long[] repeated = new long[target.rank()];
    for (int axis = 0; axis < target.rank(); axis++) {
      int source = axis - added;
      int dim = source < 0 ? 1 : shape.dim(source);
      if (dim != 1 && dim != target.dim(axis)) {
        throw notBroadcast(target);
      }
      repeated[axis] = dim == 1 ? 0 : strides[source];
    }
    return new Layout(target, repeated, offset);
  }

  private ShapeException notBroadcast(Shape target) {
    return new ShapeException("broadcast: cannot broadcast shape " + shape + " to " + target);
  }

  /** Returns the same elements in another shape, or null if that requires a copy. */
  @Nullable Layout reshape(Shape target) {
    if (target.equals(shape)) {
      return this;
    }
    if (contiguous) {
      return offset == 0 ? target.rowMajor() : new Layout(target, rowMajorStrides(target), offset);
    }
    long[] result = new long[target.rank()];
    int from = 0;
    int to = 0;
    while (from < shape.rank() || to < target.rank()) {
      int firstFrom = from;
      int firstTo = to;
      long sizeFrom = from < shape.rank() ? shape.dim(from++) : 1;
      long sizeTo = to < target.rank() ? target.dim(to++) : 1;
      while (sizeFrom != sizeTo) {
        if (sizeFrom < sizeTo) {
          sizeFrom *= shape.dim(from++);
        } else {
          sizeTo *= target.dim(to++);
        }
      }
      if (!mergeable(firstFrom, from)) {
        return null;
      }
      long stride = innermostStride(firstFrom, from);
      for (int axis = to - 1; axis >= firstTo; axis--) {
        result[axis] = stride;
        stride *= target.dim(axis);
      }
    }
    return new Layout(target, result, offset);
  }

  private boolean mergeable(int from, int to) {
    long expected = -1;
    for (int axis = to - 1; axis >= from; axis--) {
      int dim = shape.dim(axis);
      if (dim == 1) {
        continue;
      }
      if (expected >= 0 && strides[axis] != expected) {
        return false;
      }
      expected = strides[axis] * dim;
    }
    return true;
  }

  private long innermostStride(int from, int to) {
    for (int axis = to - 1; axis >= from; axis--) {
      if (shape.dim(axis) != 1) {
        return strides[axis];
      }
    }
    return 1;
  }

  @Override
  public String toString() {
    return shape + " strides " + Arrays.toString(strides) + " offset " + offset;
  }
}
