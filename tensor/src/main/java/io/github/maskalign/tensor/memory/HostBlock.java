package io.github.maskalign.tensor.memory;

import io.github.maskalign.tensor.HostStorage;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A range of a slab, allocated or free. The blocks of a slab, linked by address, cover it without
 * gaps. The pool recycles the objects, so that an allocation creates none.
 */
final class HostBlock extends HostStorage {

  private final HostPool pool;

  @Nullable HostSlab slab;
  long offset;
  long size;
  boolean allocated;

  /** Neighbors in the slab by address. */
  @Nullable HostBlock before;

  @Nullable HostBlock after;

  /** Neighbors in the list of free blocks of this size class. */
  @Nullable HostBlock previous;

  @Nullable HostBlock next;

  private @Nullable MemorySegment segment;

  HostBlock(HostPool pool) {
    this.pool = pool;
  }

  void allocate(MemorySegment memory) {
    segment = memory;
    allocated = true;
  }

  boolean isWholeSlab() {
    return before == null && after == null;
  }

  @Override
  public MemorySegment segment() {
    return segment;
  }

  @Override
  protected void free() {
    pool.release(this);
  }
}
