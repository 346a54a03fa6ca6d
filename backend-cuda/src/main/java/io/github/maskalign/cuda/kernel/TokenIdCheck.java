package io.github.maskalign.cuda.kernel;

import io.github.maskalign.cuda.runtime.Gpu;
import io.github.maskalign.tensor.error.OutOfMemoryException;
import io.github.maskalign.tensor.error.ShapeException;
import java.lang.foreign.MemorySegment;

/**
 * Rejects token ids that are out of range. Kernels record the first invalid id on the device; the
 * host checks the record when it downloads a result and waits anyway.
 */
public final class TokenIdCheck implements AutoCloseable {

  /** Size of the structure {@code InvalidTokenId} of {@code gather.cu}. */
  private static final int BYTES = 3 * Long.BYTES;

  private final Gpu gpu;
  private final long record;
  private volatile boolean used;

  /** Allocates an empty record. */
  public TokenIdCheck(Gpu gpu) {
    this.gpu = gpu;
    this.record = gpu.device().allocate(BYTES);
    if (record == 0) {
      throw new OutOfMemoryException("device memory: none left to open the backend", null);
    }
    gpu.compute().fill8(record, (byte) 0, BYTES);
  }

  /** The device address of the record, for a kernel that is about to be queued. */
  public long record() {
    used = true;
    return record;
  }

  /**
   * Waits for the kernels that received the record, if any, and checks it.
   *
   * @throws ShapeException if one of them found an invalid id
   */
  public void check() {
    if (!used) {
      return;
    }
    used = false;
    long[] invalid = new long[BYTES / Long.BYTES];
    gpu.transfers().download(record, MemorySegment.ofArray(invalid));
    if (invalid[0] != 0) {
      gpu.compute().fill8(record, (byte) 0, BYTES);
      throw ShapeException.ofTokenId(invalid[1], invalid[2]);
    }
  }

  @Override
  public void close() {
    gpu.device().synchronize();
    gpu.device().free(record);
  }
}
