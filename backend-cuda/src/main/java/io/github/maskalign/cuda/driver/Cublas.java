package io.github.maskalign.cuda.driver;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jcuda.Pointer;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasOperation;

/** Matrix products on one stream. */
public final class Cublas implements AutoCloseable {

  private static final int DEFAULT_ALGORITHM = -1;

  private final Stream stream;
  private final cublasHandle handle = new cublasHandle();
  private final Arena arena = Arena.ofShared();
  private final MemorySegment alpha = arena.allocate(ValueLayout.JAVA_DOUBLE);
  private final MemorySegment beta = arena.allocate(ValueLayout.JAVA_DOUBLE);
  private final Pointer alphaPointer = Pointer.to(alpha.asByteBuffer());
  private final Pointer betaPointer = Pointer.to(beta.asByteBuffer());

  /**
   * Products that use a workspace of device memory, which the caller owns; without one of its own,
   * cuBLAS would allocate, which a graph cannot.
   */
  public Cublas(Stream stream, long workspace, long workspaceBytes) {
    this.stream = stream;
    stream.device().enter();
    Status.blas(JCublas2.cublasCreate(handle), () -> "cublasCreate");
    Status.blas(JCublas2.cublasSetStream(handle, stream.runtimeHandle()), () -> "cublasSetStream");
    // After the stream: setting a stream takes the workspace away.
    Status.blas(
        JCublas2.cublasSetWorkspace(handle, new Address(workspace), workspaceBytes),
        () -> "cublasSetWorkspace of " + workspaceBytes + " bytes");
  }

  /** As the library numbers itself: 120304 is 12.3.4. */
  public int version() {
    int[] version = {0};
    Status.blas(JCublas2.cublasGetVersion(handle, version), () -> "cublasGetVersion");
    return version[0];
  }

  /** Queues a product; one without rows, columns or batch queues nothing. */
  public synchronized void multiply(Product p) {
    if (p.m() == 0 || p.n() == 0 || p.batch() == 0) {
      return;
    }
    stream.queue("a product");
    scale(alpha, p.alpha(), p.compute());
    scale(beta, p.beta(), p.compute());
    int code = p.batch() == 1 ? single(p) : batched(p);
    Status.blas(code, p::toString);
  }

  // cuBLAS stores by columns: to it, every matrix here is transposed, and (a b)' = b' a'.

  private int single(Product p) {
    return JCublas2.cublasGemmEx_new(
        handle,
        operation(p.b()),
        operation(p.a()),
        p.n(),
        p.m(),
        p.k(),
        alphaPointer,
        new Address(p.b().address()),
        p.b().element().code(),
        p.b().leading(),
        new Address(p.a().address()),
        p.a().element().code(),
        p.a().leading(),
        betaPointer,
        new Address(p.c().address()),
        p.c().element().code(),
        p.c().leading(),
        p.compute().code(),
        DEFAULT_ALGORITHM);
  }

  private int batched(Product p) {
    return JCublas2.cublasGemmStridedBatchedEx_new(
        handle,
        operation(p.b()),
        operation(p.a()),
        p.n(),
        p.m(),
        p.k(),
        alphaPointer,
        new Address(p.b().address()),
        p.b().element().code(),
        p.b().leading(),
        p.b().stride(),
        new Address(p.a().address()),
        p.a().element().code(),
        p.a().leading(),
        p.a().stride(),
        betaPointer,
        new Address(p.c().address()),
        p.c().element().code(),
        p.c().leading(),
        p.c().stride(),
        p.batch(),
        p.compute().code(),
        DEFAULT_ALGORITHM);
  }

  private static int operation(Matrix matrix) {
    return matrix.transposed() ? cublasOperation.CUBLAS_OP_T : cublasOperation.CUBLAS_OP_N;
  }

  private static void scale(MemorySegment target, double value, Compute compute) {
    if (compute == Compute.F64) {
      target.set(ValueLayout.JAVA_DOUBLE, 0, value);
    } else {
      target.set(ValueLayout.JAVA_FLOAT, 0, (float) value);
    }
  }

  @Override
  public void close() {
    stream.device().enter();
    Status.blas(JCublas2.cublasDestroy(handle), () -> "cublasDestroy");
    arena.close();
  }
}
