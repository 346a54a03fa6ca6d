package io.github.maskalign.cuda;

import io.github.maskalign.tensor.Storage;

/** A block of device memory. */
final class CudaStorage extends Storage {

  private final long address;
  private final long bytes;
  private final CudaPool pool;

  CudaStorage(long address, long bytes, CudaPool pool) {
    this.address = address;
    this.bytes = bytes;
    this.pool = pool;
  }

  /** Where it starts on the device. */
  long address() {
    return address;
  }

  @Override
  public long bytes() {
    return bytes;
  }

  @Override
  protected void free() {
    pool.giveBack(address, bytes);
  }
}
