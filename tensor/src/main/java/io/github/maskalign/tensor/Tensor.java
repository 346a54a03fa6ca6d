package io.github.maskalign.tensor;

import io.github.maskalign.tensor.error.ClosedException;
import io.github.maskalign.tensor.error.DTypeException;
import io.github.maskalign.tensor.error.DeviceException;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.op.Gelu;
import io.github.maskalign.tensor.op.UnaryOp;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * An immutable handle of an n-dimensional array: element type, {@link Layout} and {@link Storage},
 * owned by a {@link Scope}. The fluent methods use the operations of the innermost scope among
 * their operands, which owns the result: the product of a model's weight and a step's activation
 * belongs to the step, and is recorded if the step records. To choose the scope of a result, call
 * the operation on its {@link Ops}.
 *
 * @since 0.1.0
 */
public final class Tensor {

  private final DType dtype;
  private final Layout layout;
  private final Storage storage;
  private @Nullable Scope owner;
  private int slot;
  private boolean closed;

  Tensor(DType dtype, Layout layout, Storage storage) {
    this.dtype = dtype;
    this.layout = layout;
    this.storage = storage;
    storage.retain();
  }

  /** The element type. */
  public DType dtype() {
    return dtype;
  }

  /** The sizes of the axes. */
  public Shape shape() {
    return layout.shape();
  }

  /** Size of one axis; negative axes count from the end. */
  public int dim(int axis) {
    return layout.shape().dim(axis);
  }

  /** Number of elements. */
  public long size() {
    return layout.shape().size();
  }

  /** The positions of the elements in the storage. */
  public Layout layout() {
    return layout;
  }

  /**
   * The memory behind this tensor.
   *
   * @throws ClosedException if it was released
   */
  public Storage storage() {
    ensureOpen();
    return storage;
  }

  /** The scope that owns this tensor. */
  public Scope owner() {
    ensureOpen();
    return owner;
  }

  /** Whether this tensor was released. */
  public boolean isClosed() {
    return closed;
  }

  // ---- elementwise ----

  /** Sum, broadcasting. */
  public Tensor add(Tensor other) {
    return joint(other).add(this, other);
  }

  /** Difference, broadcasting. */
  public Tensor sub(Tensor other) {
    return joint(other).sub(this, other);
  }

  /** Elementwise product, broadcasting. */
  public Tensor mul(Tensor other) {
    return joint(other).mul(this, other);
  }

  /** Quotient, broadcasting. */
  public Tensor div(Tensor other) {
    return joint(other).div(this, other);
  }

  /** {@code scale * x + shift}. */
  public Tensor affine(double scale, double shift) {
    return ops().affine(this, scale, shift);
  }

  /** {@code factor * x}. */
  public Tensor scale(double factor) {
    return ops().affine(this, factor, 0);
  }

  /** Applies a function to each element. */
  public Tensor map(UnaryOp op) {
    return ops().unary(op, this);
  }

  /** x squared. */
  public Tensor square() {
    return map(UnaryOp.SQUARE);
  }

  /** Rectified linear unit. */
  public Tensor relu() {
    return map(UnaryOp.RELU);
  }

  /** Gaussian error linear unit, the exact form. */
  public Tensor gelu() {
    return ops().gelu(this, Gelu.ERF);
  }

  /** Softmax over the last axis. */
  public Tensor softmax() {
    return ops().softmax(this);
  }

  // ---- reductions ----

  /** Sum over the given axes, or all if none are given; removes the axes. */
  public Tensor sum(int... axes) {
    return ops().sum(this, false, axes);
  }

  /** Mean over the given axes, or all if none are given; removes the axes. */
  public Tensor mean(int... axes) {
    return ops().mean(this, false, axes);
  }

  // ---- products ----

  /** Matrix product of the last two axes, {@code [.., m, k] x [.., k, n] -> [.., m, n]}. */
  public Tensor matmul(Tensor other) {
    return joint(other).matmul(this, other);
  }

  // ---- views ----

  /** The same elements in another shape; a size of -1 is inferred. */
  public Tensor reshape(int... dims) {
    return ops().reshape(this, dims);
  }

  /** Reorders the axes: axis i of the result is axis {@code axes[i]} of this tensor. */
  public Tensor permute(int... axes) {
    return ops().permute(this, axes);
  }

  /** Exchanges the last two axes. */
  public Tensor transpose() {
    return ops().transpose(this);
  }

  /** Selects elements {@code from <= i < to} of one axis. */
  public Tensor slice(int axis, int from, int to) {
    return ops().slice(this, axis, from, to);
  }

  // ---- values on the host ----

  /** Returns the elements in row-major order, converted to float if necessary. */
  public float[] toFloats() {
    float[] values = new float[arrayLength()];
    download(DType.F32, MemorySegment.ofArray(values));
    return values;
  }

  /** Returns the elements in row-major order, converted to double if necessary. */
  public double[] toDoubles() {
    double[] values = new double[arrayLength()];
    download(DType.F64, MemorySegment.ofArray(values));
    return values;
  }

  /**
   * Returns the elements in row-major order as longs.
   *
   * @throws DTypeException if the element type is not an integer type
   */
  public long[] toLongs() {
    if (dtype.isFloating()) {
      throw new DTypeException("toLongs: needs an integer tensor, got " + dtype);
    }
    long[] values = new long[arrayLength()];
    download(DType.I64, MemorySegment.ofArray(values));
    return values;
  }

  private int arrayLength() {
    if (size() > Integer.MAX_VALUE - 8) {
      throw new ShapeException("shape " + shape() + " does not fit a Java array");
    }
    return (int) size();
  }

  private void download(DType type, MemorySegment target) {
    try (Scope scope = owner().child("read")) {
      boolean ready = dtype == type && layout.isContiguous();
      Tensor source = ready ? this : scope.ops().cast(this, type);
      scope.backend().download(source, target);
    }
  }

  /**
   * Returns the single element.
   *
   * @throws ShapeException unless the size is 1
   */
  public double item() {
    if (size() != 1) {
      throw new ShapeException("item: needs exactly one element, got shape " + shape());
    }
    return toDoubles()[0];
  }

  @Override
  public String toString() {
    return dtype + shape().toString() + (closed ? " (released)" : "");
  }

  // ---- ownership, for Scope ----

  int slot() {
    return slot;
  }

  void moveTo(Scope scope, int newSlot) {
    owner = scope;
    slot = newSlot;
  }

  void close() {
    closed = true;
    storage.release();
  }

  private Ops ops() {
    return owner().ops();
  }

  private Ops joint(Tensor other) {
    Scope mine = owner();
    Scope others = other.owner();
    if (mine.isInside(others)) {
      return mine.ops();
    }
    if (others.isInside(mine)) {
      return others.ops();
    }
    throw new DeviceException(
        "operands belong to unrelated scopes '"
            + mine.name()
            + "' and '"
            + others.name()
            + "'; call the operation on the Ops of the scope that will own the result");
  }

  private void ensureOpen() {
    if (closed || owner == null) {
      String scope = owner == null ? "no scope" : "scope '" + owner.name() + "'";
      throw new ClosedException("tensor " + dtype + shape() + " of " + scope + " was released");
    }
  }
}
