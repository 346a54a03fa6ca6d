package io.github.maskalign.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Owns tensors and releases them together when it is closed. Scopes nest: a model lives in an outer
 * one, each training step in an inner one, and {@link #keep} is the only way from an inner scope to
 * the next outer one. A scope is used by one thread at a time; different scopes are independent,
 * and the tensors of an outer scope may be read by many threads.
 *
 * @since 0.1.0
 */
public final class Scope implements AutoCloseable {

  private final String name;
  private final @Nullable Scope parent;
  private final Backend backend;
  private final int depth;
  private final Eager eager;
  private final Ops ops;
  private final List<Tensor> owned = new ArrayList<>();
  private boolean closed;

  private Scope(
      String name, @Nullable Scope parent, Backend backend, Function<Eager, Ops> decorator) {
    this.name = Objects.requireNonNull(name, "name");
    this.parent = parent;
    this.backend = Objects.requireNonNull(backend, "backend");
    this.depth = parent == null ? 0 : parent.depth + 1;
    this.eager = new Eager(this);
    this.ops = decorator.apply(eager);
  }

  /** An outermost scope on a backend. */
  public static Scope root(Backend backend, String name) {
    return new Scope(name, null, backend, eager -> eager);
  }

  /** A scope inside this one, on the same backend. */
  public Scope child(String childName) {
    return child(childName, eager -> eager);
  }

  /**
   * A scope inside this one whose operations pass through a decorator, such as a tape that records
   * them.
   */
  public Scope child(String childName, Function<Eager, Ops> decorator) {
    ensureOpen();
    return new Scope(childName, this, backend, decorator);
  }

  /** Operations whose results this scope owns. */
  public Ops ops() {
    return ops;
  }

  /** Operations whose results this scope owns, past any decorator: nothing is recorded. */
  public Eager eager() {
    return eager;
  }

  /** What computes. */
  public Backend backend() {
    return backend;
  }

  /** The name that error messages give. */
  public String name() {
    return name;
  }

  /** Number of tensors owned at present. */
  public int size() {
    return owned.size();
  }

  /**
   * Moves a tensor to the enclosing scope so that it outlives this one. A tensor that an enclosing
   * scope owns already stays where it is.
   *
   * @return the same tensor
   */
  public Tensor keep(Tensor tensor) {
    Scope owner = tensor.owner();
    if (owner == this) {
      if (parent == null) {
        throw new ClosedException(
            "scope '" + name + "' is outermost: there is nowhere to keep a tensor");
      }
      parent.ensureOpen();
      remove(tensor);
      parent.add(tensor);
    } else if (!isInside(owner)) {
      throw new ClosedException(
          "keep: the tensor belongs to scope '"
              + owner.name
              + "', not to '"
              + name
              + "' or around it");
    }
    return tensor;
  }

  /** Releases one tensor before the scope closes. */
  public void release(Tensor tensor) {
    if (tensor.owner() != this) {
      throw new ClosedException(
          "release: the tensor belongs to scope '"
              + tensor.owner().name
              + "', not to '"
              + name
              + "'");
    }
    remove(tensor);
    tensor.close();
  }

  /**
   * Makes a tensor over a storage and owns it: the way for loaders and backends to bring in memory.
   */
  public Tensor adopt(DType dtype, Layout layout, Storage storage) {
    ensureOpen();
    Tensor tensor = new Tensor(dtype, layout, storage);
    add(tensor);
    return tensor;
  }

  /**
   * A tensor of zeros for a loader to fill. Where the backend computes in host memory, its storage
   * is a {@link LazyStorage}, so that the content may stay in its file until it is read.
   */
  public Tensor lazy(DType dtype, Shape shape) {
    if (!backend.computesInHostMemory()) {
      return eager.zeros(dtype, shape);
    }
    return adopt(dtype, Layout.contiguous(shape), new LazyStorage(bytes(dtype, shape)));
  }

  /** A tensor of this scope with arbitrary content. */
  Tensor allocate(DType dtype, Shape shape) {
    ensureOpen();
    return adopt(dtype, Layout.contiguous(shape), backend.allocate(bytes(dtype, shape)));
  }

  private static long bytes(DType dtype, Shape shape) {
    if (shape.size() > Long.MAX_VALUE / dtype.bytes()) {
      throw new OutOfMemoryException(dtype + shape.toString() + " has 2^63 bytes or more", null);
    }
    return shape.size() * dtype.bytes();
  }

  /** Releases every tensor owned; closing again does nothing. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    for (Tensor tensor : owned) {
      tensor.close();
    }
    owned.clear();
  }

  /** Whether this scope or one around it was closed. */
  boolean isClosed() {
    return closed || (parent != null && parent.isClosed());
  }

  /** Whether this scope is {@code other} or nested in it. */
  boolean isInside(Scope other) {
    @Nullable Scope scope = this;
    while (scope != null && scope.depth > other.depth) {
      scope = scope.parent;
    }
    return scope == other;
  }

  private void add(Tensor tensor) {
    tensor.moveTo(this, owned.size());
    owned.add(tensor);
  }

  private void remove(Tensor tensor) {
    Tensor last = owned.removeLast();
    if (last != tensor) {
      owned.set(tensor.slot(), last);
      last.moveTo(this, tensor.slot());
    }
  }

  private void ensureOpen() {
    if (isClosed()) {
      throw new ClosedException("scope '" + name + "' is closed");
    }
  }

  @Override
  public String toString() {
    return "scope '" + name + "'" + (closed ? " (closed)" : "");
  }
}
