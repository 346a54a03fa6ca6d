package io.github.maskalign.tensor.memory;

import io.github.maskalign.tensor.HostStorage;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A range of a slab, lent to tensors or free. The blocks of a slab, linked by address, cover it
 * without gaps. The objects are recycled by their pool, so that lending makes no new ones.
 */
final class HostBlock extends HostStorage {

  private final HostPool pool;

  @Nullable HostSlab slab;
  long offset;
  long size;
  boolean lent;

  /** Neighbors by address in the slab. */
  @Nullable HostBlock before;

  @Nullable HostBlock after;

  /** Neighbors among the free blocks of about this size. */
  @Nullable HostBlock previous;

  @Nullable HostBlock next;

  private @Nullable MemorySegment segment;

  HostBlock(HostPool pool) {
    this.pool = pool;
  }

  void lend(MemorySegment memory) {
    segment = memory;
    lent = true;
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
    pool.giveBack(this);
  }
}
