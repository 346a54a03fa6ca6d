package io.github.maskalign.cuda.driver;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jcuda.Pointer;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasOperation;

/** Matrix products by cuBLAS on one stream. */
public final class Cublas implements AutoCloseable {

  static {
    JCudaNatives.initialize(JCublas2.class, "JCublas2");
  }

  private static final int DEFAULT_ALGORITHM = -1;

  private final Stream stream;
  private final cublasHandle handle = new cublasHandle();
  private final Arena arena = Arena.ofShared();
  private final MemorySegment alpha = arena.allocate(ValueLayout.JAVA_DOUBLE);
  private final MemorySegment beta = arena.allocate(ValueLayout.JAVA_DOUBLE);
  private final Pointer alphaPointer = Pointer.to(alpha.asByteBuffer());
  private final Pointer betaPointer = Pointer.to(beta.asByteBuffer());

  /**
   * Creates a handle with a workspace of device memory, which the caller owns. Without it, cuBLAS
   * allocates memory, which is not possible during the capture of a graph.
   */
  public Cublas(Stream stream, long workspace, long workspaceBytes) {
    this.stream = stream;
    stream.device().makeCurrent();
    Status.blas(JCublas2.cublasCreate(handle), () -> "cublasCreate");
    Status.blas(JCublas2.cublasSetStream(handle, stream.runtimeHandle()), () -> "cublasSetStream");
    // After cublasSetStream, which resets the workspace.
    Status.blas(
        JCublas2.cublasSetWorkspace(handle, new Address(workspace), workspaceBytes),
        () -> "cublasSetWorkspace of " + workspaceBytes + " bytes");
  }

  /** The version of the library: 120304 is 12.3.4. */
  public int version() {
    int[] version = {0};
    Status.blas(JCublas2.cublasGetVersion(handle, version), () -> "cublasGetVersion");
    return version[0];
  }

  /** Queues a product; an empty result queues nothing. */
  public synchronized void gemm(Gemm p) {
    if (p.m() == 0 || p.n() == 0 || p.batch() == 0) {
      return;
    }
    stream.enqueue("gemm");
    setScalar(alpha, p.alpha(), p.compute());
    setScalar(beta, p.beta(), p.compute());
    int code = p.batch() == 1 ? single(p) : batched(p);
    Status.blas(code, p::toString);
  }

  // cuBLAS is column-major: it computes c' = b' a' from the same memory.

  private int single(Gemm p) {
    return JCublas2.cublasGemmEx_new(
        handle,
        operation(p.b()),
        operation(p.a()),
        p.n(),
        p.m(),
        p.k(),
        alphaPointer,
        new Address(p.b().address()),
        p.b().type().code(),
        p.b().leading(),
        new Address(p.a().address()),
        p.a().type().code(),
        p.a().leading(),
        betaPointer,
        new Address(p.c().address()),
        p.c().type().code(),
        p.c().leading(),
        p.compute().code(),
        DEFAULT_ALGORITHM);
  }

  private int batched(Gemm p) {
    return JCublas2.cublasGemmStridedBatchedEx_new(
        handle,
        operation(p.b()),
        operation(p.a()),
        p.n(),
        p.m(),
        p.k(),
        alphaPointer,
        new Address(p.b().address()),
        p.b().type().code(),
        p.b().leading(),
        p.b().stride(),
        new Address(p.a().address()),
        p.a().type().code(),
        p.a().leading(),
        p.a().stride(),
        betaPointer,
        new Address(p.c().address()),
        p.c().type().code(),
        p.c().leading(),
        p.c().stride(),
        p.batch(),
        p.compute().code(),
        DEFAULT_ALGORITHM);
  }

  private static int operation(Matrix matrix) {
    return matrix.transposed() ? cublasOperation.CUBLAS_OP_T : cublasOperation.CUBLAS_OP_N;
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
    Status.blas(JCublas2.cublasDestroy(handle), () -> "cublasDestroy");
    arena.close();
  }
}
