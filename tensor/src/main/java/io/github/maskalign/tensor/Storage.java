package io.github.maskalign.tensor;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * A block of device memory shared by the tensors that view it. It returns to the pool of its
 * backend when the last of them is released. Threads may release different handles concurrently.
 *
 * @since 0.1.0
 */
public abstract class Storage {

  private static final AtomicIntegerFieldUpdater<Storage> HANDLES =
      AtomicIntegerFieldUpdater.newUpdater(Storage.class, "handles");

  private volatile int handles;
  private volatile boolean frozen;
  private volatile @Nullable Object prepared;

  /** Creates a storage; for backends. */
  protected Storage() {}

  /** The usable size in bytes. */
  public abstract long bytes();

  /** Frees the memory; called once, after the last tensor was released. */
  protected abstract void free();

  /** Whether more than one tensor views the block. */
  public final boolean isShared() {
    return handles > 1;
  }

  /**
   * Marks the content as immutable. A backend may then cache a prepared form, such as one packed
   * for products, and rejects writes to the block.
   */
  public final void freeze() {
    frozen = true;
  }

  /** Whether the content is marked as immutable. */
  public final boolean isFrozen() {
    return frozen;
  }

  /** Returns the prepared form of a frozen block, or null if there is none of this type. */
  public final <T> @Nullable T prepared(Class<T> type) {
    Object kept = prepared;
    return type.isInstance(kept) ? type.cast(kept) : null;
  }

  /**
   * Caches a prepared form of a frozen block until the block is freed. If it is a block itself,
   * which nothing else uses, it is freed at the same time.
   */
  public final void prepare(Object kept) {
    prepared = kept;
  }

  final void retain() {
    HANDLES.incrementAndGet(this);
  }

  final void release() {
    if (HANDLES.decrementAndGet(this) == 0) {
      frozen = false;
      if (prepared instanceof Storage block) {
        block.free();
      }
      prepared = null;
      free();
    }
  }
}
