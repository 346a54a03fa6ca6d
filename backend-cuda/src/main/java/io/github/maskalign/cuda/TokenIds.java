package io.github.maskalign.cuda;

import io.github.maskalign.tensor.error.OutOfMemoryException;
import io.github.maskalign.tensor.error.ShapeException;
import java.lang.foreign.MemorySegment;

/**
 * Refuses token numbers that do not exist. Kernels note the first; it is asked for when the host
 * reads results and waits anyway.
 */
final class TokenIds implements AutoCloseable {

  /** The structure {@code Refused} of {@code gather.cu}. */
  private static final int BYTES = 3 * Long.BYTES;

  private final Gpu gpu;
  private final long refused;
  private volatile boolean used;

  TokenIds(Gpu gpu) {
    this.gpu = gpu;
    this.refused = gpu.device().allocate(BYTES);
    if (refused == 0) {
      throw new OutOfMemoryException("device memory: none left to open the backend", null);
    }
    gpu.compute().fill8(refused, (byte) 0, BYTES);
  }

  /** Where a kernel that is about to be queued notes what it refuses. */
  long note() {
    used = true;
    return refused;
  }

  /**
   * Waits for the kernels that took a note, if there are any.
   *
   * @throws ShapeException if one of them refused an id
   */
  void check() {
    if (!used) {
      return;
    }
    used = false;
    long[] noted = new long[BYTES / Long.BYTES];
    gpu.transfers().download(refused, MemorySegment.ofArray(noted));
    if (noted[0] != 0) {
      gpu.compute().fill8(refused, (byte) 0, BYTES);
      throw new ShapeException(
          "gatherTokens: id " + noted[1] + " is not inside [0, " + noted[2] + ")");
    }
  }

  @Override
  public void close() {
    gpu.device().synchronize();
    gpu.device().free(refused);
  }
}
