package io.github.maskalign.tensor;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * A block of device memory shared by the tensors that view it. It goes back to its backend's pool
 * when the last of them is released; handles may be released on different threads.
 */
public abstract class Storage {

  private static final AtomicIntegerFieldUpdater<Storage> HANDLES =
      AtomicIntegerFieldUpdater.newUpdater(Storage.class, "handles");

  private volatile int handles;

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

  final void retain() {
    HANDLES.incrementAndGet(this);
  }

  final void release() {
    if (HANDLES.decrementAndGet(this) == 0) {
      free();
    }
  }
}
