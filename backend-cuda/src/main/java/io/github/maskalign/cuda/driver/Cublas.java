package io.github.maskalign.cuda.driver;

import io.github.maskalign.cuda.binding.BlasLibrary;
import io.github.maskalign.cuda.binding.ComputeType;
import io.github.maskalign.cuda.binding.Gemm;
import io.github.maskalign.cuda.binding.Handle;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.Supplier;

/** Matrix products by cuBLAS on one stream. */
public final class Cublas implements AutoCloseable {

  /** CUBLAS_STATUS_ALLOC_FAILED. */
  private static final int ALLOCATION_FAILED = 3;

  private final Stream stream;
  private final BlasLibrary library;
  private final Handle handle;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment alpha = arena.allocate(ValueLayout.JAVA_DOUBLE);
  private final MemorySegment beta = arena.allocate(ValueLayout.JAVA_DOUBLE);

  /**
   * Creates a handle with a workspace of device memory, which the caller owns. Without it, cuBLAS
   * allocates memory, which is not possible during the capture of a graph.
   */
  public Cublas(Stream stream, long workspace, long workspaceBytes) {
    this.stream = stream;
    this.library = stream.device().binding().blas();
    stream.device().makeCurrent();
    Handle[] created = new Handle[1];
    Device device = stream.device();
    check(device.retried(ALLOCATION_FAILED, () -> library.create(created)), () -> "cublasCreate");
    handle = created[0];
    check(library.setStream(handle, stream.handle()), () -> "cublasSetStream");
    // After cublasSetStream, which resets the workspace.
    check(
        library.setWorkspace(handle, workspace, workspaceBytes),
        () -> "cublasSetWorkspace of " + workspaceBytes + " bytes");
  }

  private void check(int code, Supplier<String> operation) {
    Status.check(code, library::statusName, operation);
  }

  /** The version of the library: 120304 is 12.3.4. */
  public int version() {
    int[] version = {0};
    check(library.getVersion(handle, version), () -> "cublasGetVersion");
    return version[0];
  }

  /** Queues a product; an empty result queues nothing. */
  public synchronized void gemm(Gemm product) {
    if (product.m() == 0 || product.n() == 0 || product.batch() == 0) {
      return;
    }
    stream.enqueue("gemm");
    setScalar(alpha, product.alpha(), product.compute());
    setScalar(beta, product.beta(), product.compute());
    int code =
        stream
            .device()
            .retried(ALLOCATION_FAILED, () -> library.gemm(handle, product, alpha, beta));
    check(code, product::toString);
  }

  private static void setScalar(MemorySegment target, double value, ComputeType compute) {
    if (compute == ComputeType.F64) {
      target.set(ValueLayout.JAVA_DOUBLE, 0, value);
    } else {
      target.set(ValueLayout.JAVA_FLOAT, 0, (float) value);
    }
  }

  @Override
  public void close() {
    stream.device().makeCurrent();
    check(library.destroy(handle), () -> "cublasDestroy");
    arena.close();
  }
}
