package io.github.maskalign.tensor;

import io.github.maskalign.tensor.error.ClosedException;
import io.github.maskalign.tensor.error.OutOfMemoryException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Owns tensors and releases them together when it is closed. Scopes nest: an outer scope owns a
 * model, an inner one the tensors of a training step, and only {@link #keep} moves a tensor from a
 * scope to the enclosing one. One thread at a time uses a scope; different scopes are independent,
 * and many threads may read the tensors of an outer scope.
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

  /** Creates an outermost scope on a backend. */
  public static Scope root(Backend backend, String name) {
    return new Scope(name, null, backend, eager -> eager);
  }

  /** Creates a scope nested in this one, on the same backend. */
  public Scope child(String childName) {
    return child(childName, eager -> eager);
  }

  /**
   * Creates a nested scope whose operations pass through a decorator, such as a tape that records
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

  /** Operations whose results this scope owns, without the decorator: nothing is recorded. */
  public Eager eager() {
    return eager;
  }

  /** The backend that computes. */
  public Backend backend() {
    return backend;
  }

  /** The name, as shown in error messages. */
  public String name() {
    return name;
  }

  /** The current number of owned tensors. */
  public int size() {
    return owned.size();
  }

  /**
   * Moves a tensor to the enclosing scope, so that it outlives this one. Has no effect on a tensor
   * that an enclosing scope owns already.
   *
   * @return the same tensor
   */
  public Tensor keep(Tensor tensor) {
    Scope owner = tensor.owner();
    if (owner == this) {
      if (parent == null) {
        throw new ClosedException(
            "keep: scope '" + name + "' is outermost and has no enclosing scope");
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
              + "' or an enclosing scope");
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

  /** Creates a tensor over a storage, for loaders and backends, and owns it. */
  public Tensor adopt(DType dtype, Layout layout, Storage storage) {
    ensureOpen();
    Tensor tensor = new Tensor(dtype, layout, storage);
    add(tensor);
    return tensor;
  }

  /**
   * Creates a tensor of zeros for a loader to fill. If the backend computes in host memory, the
   * storage is a {@link LazyStorage}, whose content may stay in its file until first use.
   */
  public Tensor lazy(DType dtype, Shape shape) {
    if (!backend.computesInHostMemory()) {
      return eager.zeros(dtype, shape);
    }
    return adopt(dtype, Layout.contiguous(shape), new LazyStorage(bytes(dtype, shape)));
  }

  /** Creates a tensor with arbitrary content. */
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

  /** Releases all owned tensors. Closing again has no effect. */
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

  /** Whether this scope or an enclosing one was closed. */
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
