package io.github.maskalign.tensor;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * An immutable handle on numbers: element type, {@link Layout} and {@link Storage}, owned by a
 * {@link Scope}. The fluent methods run on the operations of the innermost scope of their operands,
 * which owns the result; so a product of a model's weight and a step's activation belongs to the
 * step, and is recorded if that step records. Call {@link Ops} to say where a result goes.
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

  /** Type of the elements. */
  public DType dtype() {
    return dtype;
  }

  /** Sizes of the axes. */
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

  /** Where the elements lie. */
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

  /** Whether the tensor's memory was released. */
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

  /** Product of elements, broadcasting. */
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

  /** A function of each element. */
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

  /** Gaussian error linear unit, the exact kind. */
  public Tensor gelu() {
    return ops().gelu(this, Gelu.ERF);
  }

  /** Softmax over the last axis. */
  public Tensor softmax() {
    return ops().softmax(this);
  }

  // ---- reductions ----

  /** Sum over axes, all if none are named; the axes disappear. */
  public Tensor sum(int... axes) {
    return ops().sum(this, false, axes);
  }

  /** Mean over axes, all if none are named; the axes disappear. */
  public Tensor mean(int... axes) {
    return ops().mean(this, false, axes);
  }

  // ---- products ----

  /** Matrix product of the last two axes, {@code [.., m, k] x [.., k, n] -> [.., m, n]}. */
  public Tensor matmul(Tensor other) {
    return joint(other).matmul(this, other);
  }

  // ---- views ----

  /** The same elements under another shape; one size may be -1 and is worked out. */
  public Tensor reshape(int... dims) {
    return ops().reshape(this, dims);
  }

  /** Axes reordered. */
  public Tensor permute(int... axes) {
    return ops().permute(this, axes);
  }

  /** The last two axes exchanged. */
  public Tensor transpose() {
    return ops().transpose(this);
  }

  /** Elements {@code from <= i < to} of one axis. */
  public Tensor slice(int axis, int from, int to) {
    return ops().slice(this, axis, from, to);
  }

  // ---- values on the host ----

  /** The elements in row-major order as floats, converted if need be. */
  public float[] toFloats() {
    float[] values = new float[arrayLength()];
    download(DType.F32, MemorySegment.ofArray(values));
    return values;
  }

  /** The elements in row-major order as doubles, converted if need be. */
  public double[] toDoubles() {
    double[] values = new double[arrayLength()];
    download(DType.F64, MemorySegment.ofArray(values));
    return values;
  }

  /**
   * The elements in row-major order as longs.
   *
   * @throws DTypeException unless the tensor holds integers
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
   * The only element.
   *
   * @throws ShapeException if there is more than one or none
   */
  public double item() {
    if (size() != 1) {
      throw new ShapeException("item: shape " + shape() + " does not hold exactly one element");
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
            + "'; call the operation on the Ops of the scope that shall own the result");
  }

  private void ensureOpen() {
    if (closed || owner == null) {
      String scope = owner == null ? "no scope" : "scope '" + owner.name() + "'";
      throw new ClosedException("tensor " + dtype + shape() + " of " + scope + " was released");
    }
  }
}
