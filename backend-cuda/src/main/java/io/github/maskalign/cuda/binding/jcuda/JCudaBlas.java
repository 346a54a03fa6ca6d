package io.github.maskalign.cuda.binding.jcuda;

import io.github.maskalign.cuda.binding.BlasLibrary;
import io.github.maskalign.cuda.binding.Gemm;
import io.github.maskalign.cuda.binding.Handle;
import io.github.maskalign.cuda.binding.Matrix;
import java.lang.foreign.MemorySegment;
import jcuda.driver.CUstream;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasOperation;
import jcuda.runtime.cudaStream_t;

/** cuBLAS by JCuda. */
final class JCudaBlas implements BlasLibrary {

  static {
    JCudaNatives.initialize(JCublas2.class, "JCublas2");
  }

  private static final int DEFAULT_ALGORITHM = -1;

  private static cublasHandle object(Handle handle) {
    return JCudaHandle.of(cublasHandle.class, handle);
  }

  @Override
  public int create(Handle[] handle) {
    cublasHandle created = new cublasHandle();
    handle[0] = new JCudaHandle<>(created);
    return JCublas2.cublasCreate(created);
  }

  @Override
  public int destroy(Handle handle) {
    return JCublas2.cublasDestroy(object(handle));
  }

  @Override
  public int setStream(Handle handle, Handle stream) {
    return JCublas2.cublasSetStream(
        object(handle), new cudaStream_t(JCudaHandle.of(CUstream.class, stream)));
  }

  @Override
  public int setWorkspace(Handle handle, long address, long bytes) {
    return JCublas2.cublasSetWorkspace(object(handle), new Address(address), bytes);
  }

  @Override
  public int getVersion(Handle handle, int[] version) {
    return JCublas2.cublasGetVersion(object(handle), version);
  }

  /** cuBLAS is column-major: it computes {@code c' = b' a'} from the same memory. */
  @Override
  public int gemm(Handle handle, Gemm p, MemorySegment alpha, MemorySegment beta) {
    return p.batch() == 1
        ? single(object(handle), p, new Address(alpha.address()), new Address(beta.address()))
        : batched(object(handle), p, new Address(alpha.address()), new Address(beta.address()));
  }

  // The overloads without _new take a data type in place of the compute type.

  private static int single(cublasHandle handle, Gemm p, Address alpha, Address beta) {
    return JCublas2.cublasGemmEx_new(
        handle,
        operation(p.b()),
        operation(p.a()),
        p.n(),
        p.m(),
        p.k(),
        alpha,
        new Address(p.b().address()),
        p.b().type().code(),
        p.b().leading(),
        new Address(p.a().address()),
        p.a().type().code(),
        p.a().leading(),
        beta,
        new Address(p.c().address()),
        p.c().type().code(),
        p.c().leading(),
        p.compute().code(),
        DEFAULT_ALGORITHM);
  }

  private static int batched(cublasHandle handle, Gemm p, Address alpha, Address beta) {
    return JCublas2.cublasGemmStridedBatchedEx_new(
        handle,
        operation(p.b()),
        operation(p.a()),
        p.n(),
        p.m(),
        p.k(),
        alpha,
        new Address(p.b().address()),
        p.b().type().code(),
        p.b().leading(),
        p.b().stride(),
        new Address(p.a().address()),
        p.a().type().code(),
        p.a().leading(),
        p.a().stride(),
        beta,
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

  @Override
  public String statusName(int code) {
    return JCublas2.cublasGetStatusName(code);
  }
}
