package io.github.maskalign.tensor;

import io.github.maskalign.tensor.error.ShapeException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The sizes of a tensor's axes, outermost first. A scalar has no axes.
 *
 * @since 0.1.0
 */
public final class Shape {

  private static final Shape SCALAR = new Shape(new int[0]);

  private final int[] dims;
  private final long size;

  /** Created on first use; a race between threads creates equal objects. */
  private @Nullable Layout rowMajor;

  private Shape(int[] dims) {
    this.dims = dims;
    this.size = checkedProduct(dims);
  }

  /**
   * Returns a shape with the given axis sizes.
   *
   * @throws ShapeException if a size is negative or the number of elements overflows a long
   */
  public static Shape of(int... dims) {
    return dims.length == 0 ? SCALAR : new Shape(dims.clone());
  }

  private static long checkedProduct(int[] dims) {
    long product = 1;
    for (int dim : dims) {
      if (dim < 0) {
        throw new ShapeException("shape " + Arrays.toString(dims) + " has a negative size");
      }
      if (dim != 0 && product > Long.MAX_VALUE / dim) {
        throw new ShapeException("shape " + Arrays.toString(dims) + " has too many elements");
      }
      product *= dim;
    }
    return product;
  }

  /** Number of axes. */
  public int rank() {
    return dims.length;
  }

  /** Number of elements, 1 for a scalar. */
  public long size() {
    return size;
  }

  /** Size of an axis; negative axes count from the end. */
  public int dim(int axis) {
    return dims[axis(axis)];
  }

  /** A copy of all axis sizes. */
  public int[] dims() {
    return dims.clone();
  }

  /**
   * Converts an axis, which may count from the end (-1 is the last), to an index.
   *
   * @throws ShapeException if there is no such axis
   */
  public int axis(int axis) {
    int index = axis < 0 ? axis + dims.length : axis;
    if (index < 0 || index >= dims.length) {
      throw new ShapeException("axis " + axis + " does not exist in shape " + this);
    }
    return index;
  }

  /** Returns this shape with the size of one axis replaced. */
  public Shape with(int axis, int size) {
    int[] copy = dims.clone();
    copy[axis(axis)] = size;
    return new Shape(copy);
  }

  /** Returns the shape of the leading {@code count} axes. */
  public Shape leading(int count) {
    return count == dims.length ? this : new Shape(Arrays.copyOf(dims, count));
  }

  /** Returns this shape with axes appended. */
  public Shape append(int... more) {
    int[] joined = Arrays.copyOf(dims, dims.length + more.length);
    System.arraycopy(more, 0, joined, dims.length, more.length);
    return new Shape(joined);
  }

  /**
   * Broadcasts two shapes by NumPy's rule: align at the last axis; sizes must agree or be 1.
   *
   * @throws ShapeException if the shapes are incompatible, naming {@code operation} and both
   */
  public static Shape broadcast(String operation, Shape a, Shape b) {
    if (a.equals(b)) {
      return a;
    }
    int rank = Math.max(a.rank(), b.rank());
    int[] dims = new int[rank];
    for (int i = 1; i <= rank; i++) {
      int x = i <= a.rank() ? a.dims[a.rank() - i] : 1;
      int y = i <= b.rank() ? b.dims[b.rank() - i] : 1;
      if (x != y && x != 1 && y != 1) {
        throw new ShapeException(
            operation
                + ": shapes do not broadcast, a "
                + a
                + " and b "
                + b
                + " differ at axis -"
                + i);
      }
      dims[rank - i] = x == 1 ? y : x;
    }
    return new Shape(dims);
  }

  /** The row-major layout without gaps, shared by all tensors of this shape object. */
  Layout rowMajor() {
    Layout layout = rowMajor;
    if (layout == null) {
      layout = Layout.rowMajor(this);
      rowMajor = layout;
    }
    return layout;
  }

  @Override
  public boolean equals(Object other) {
    return this == other || other instanceof Shape shape && Arrays.equals(dims, shape.dims);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(dims);
  }

  @Override
  public String toString() {
    return Arrays.toString(dims);
  }
}
