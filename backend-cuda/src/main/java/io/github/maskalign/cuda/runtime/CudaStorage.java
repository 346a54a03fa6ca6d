package io.github.maskalign.cuda.runtime;

import io.github.maskalign.tensor.Storage;

/** A block of device memory from a {@link CudaPool}. */
public final class CudaStorage extends Storage {

  private final long address;
  private final long bytes;
  private final CudaPool pool;

  CudaStorage(long address, long bytes, CudaPool pool) {
    this.address = address;
    this.bytes = bytes;
    this.pool = pool;
  }

  /** Device address of the first byte. */
  public long address() {
    return address;
  }

  @Override
  public long bytes() {
    return bytes;
  }

  /** Returns the block to its pool. */
  @Override
  public void free() {
    pool.release(address, bytes);
  }
}
