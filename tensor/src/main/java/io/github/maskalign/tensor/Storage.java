package io.github.maskalign.tensor;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * A block of device memory shared by the tensors that view it. It goes back to its backend's pool
 * when the last of them is released; handles may be released on different threads.
 *
 * @since 0.1.0
 */
public abstract class Storage {

  private static final AtomicIntegerFieldUpdater<Storage> HANDLES =
      AtomicIntegerFieldUpdater.newUpdater(Storage.class, "handles");

  private volatile int handles;
  private volatile boolean frozen;
  private volatile @Nullable Object prepared;

  /** For backends, which know what the block is. */
  protected Storage() {}

  /** Usable bytes. */
  public abstract long bytes();

  /** Gives the memory back; called once, when no tensor views it any more. */
  protected abstract void free();

  /** Whether more than one tensor views the block now. */
  public final boolean isShared() {
    return handles > 1;
  }

  /**
   * Promises that the content does not change any more: a backend may then prepare it once for many
   * uses, as packed for products, and refuses to write to it.
   */
  public final void freeze() {
    frozen = true;
  }

  /** Whether the content is promised not to change. */
  public final boolean isFrozen() {
    return frozen;
  }

  /**
   * What a backend keeps beside a frozen block, if it is of this type; null if there is nothing.
   */
  public final <T> @Nullable T prepared(Class<T> type) {
    Object kept = prepared;
    return type.isInstance(kept) ? type.cast(kept) : null;
  }

  /** Keeps something beside a frozen block until that is freed. */
  public final void prepare(Object kept) {
    prepared = kept;
  }

  final void retain() {
    HANDLES.incrementAndGet(this);
  }

  final void release() {
    if (HANDLES.decrementAndGet(this) == 0) {
      frozen = false;
      prepared = null;
      free();
    }
  }
}
