package io.github.maskalign.cuda.binding.foreign;

import static io.github.maskalign.cuda.binding.foreign.NativeFunctions.INT;
import static io.github.maskalign.cuda.binding.foreign.NativeFunctions.LONG;
import static io.github.maskalign.cuda.binding.foreign.NativeFunctions.POINTER;
import static io.github.maskalign.cuda.binding.foreign.NativeFunctions.call;
import static io.github.maskalign.cuda.binding.foreign.NativeFunctions.computed;
import static io.github.maskalign.cuda.binding.foreign.NativeFunctions.created;

import io.github.maskalign.cuda.binding.BlasLibrary;
import io.github.maskalign.cuda.binding.Gemm;
import io.github.maskalign.cuda.binding.Handle;
import io.github.maskalign.cuda.binding.Matrix;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** cuBLAS by {@code java.lang.foreign}. */
final class ForeignBlas implements BlasLibrary {

  private static final int DEFAULT_ALGORITHM = -1;

  private final MethodHandle create;
  private final MethodHandle destroy;
  private final MethodHandle setStream;
  private final MethodHandle setWorkspace;
  private final MethodHandle getVersion;
  private final MethodHandle gemm;
  private final MethodHandle gemmBatched;
  private final MethodHandle statusName;

  ForeignBlas(NativeFunctions library) {
    create = library.function("cublasCreate_v2", POINTER);
    destroy = library.function("cublasDestroy_v2", POINTER);
    setStream = library.function("cublasSetStream_v2", POINTER, POINTER);
    setWorkspace = library.function("cublasSetWorkspace_v2", POINTER, POINTER, LONG);
    getVersion = library.function("cublasGetVersion_v2", POINTER, POINTER);
    gemm =
        library.function(
            "cublasGemmEx",
            POINTER,
            INT,
            INT,
            INT,
            INT,
            INT,
            POINTER,
            POINTER,
            INT,
            INT,
            POINTER,
            INT,
            INT,
            POINTER,
            POINTER,
            INT,
            INT,
            INT,
            INT);
    gemmBatched =
        library.function(
            "cublasGemmStridedBatchedEx",
            POINTER,
            INT,
            INT,
            INT,
            INT,
            INT,
            POINTER,
            POINTER,
            INT,
            INT,
            LONG,
            POINTER,
            INT,
            INT,
            LONG,
            POINTER,
            POINTER,
            INT,
            INT,
            LONG,
            INT,
            INT,
            INT);
    statusName = library.text("cublasGetStatusName");
  }

  @Override
  public int create(Handle[] handle) {
    return created(handle, at -> call(create, at));
  }

  @Override
  public int destroy(Handle handle) {
    return call(destroy, Pointer.of(handle));
  }

  @Override
  public int setStream(Handle handle, Handle stream) {
    return call(setStream, Pointer.of(handle), Pointer.of(stream));
  }

  @Override
  public int setWorkspace(Handle handle, long address, long bytes) {
    return call(setWorkspace, Pointer.of(handle), address, bytes);
  }

  @Override
  public int getVersion(Handle handle, int[] version) {
    return computed(version, at -> call(getVersion, Pointer.of(handle), at));
  }

  /** cuBLAS is column-major: it computes {@code c' = b' a'} from the same memory. */
  @Override
  public int gemm(Handle handle, Gemm p, MemorySegment alpha, MemorySegment beta) {
    try {
      return p.batch() == 1
          ? single(Pointer.of(handle), p, alpha.address(), beta.address())
          : batched(Pointer.of(handle), p, alpha.address(), beta.address());
    } catch (Throwable e) {
      throw NativeFunctions.unexpected(e);
    }
  }

  private int single(long handle, Gemm p, long alpha, long beta) throws Throwable {
    return (int)
        gemm.invokeExact(
            handle,
            operation(p.b()),
            operation(p.a()),
            p.n(),
            p.m(),
            p.k(),
            alpha,
            p.b().address(),
            p.b().type().code(),
            p.b().leading(),
            p.a().address(),
            p.a().type().code(),
            p.a().leading(),
            beta,
            p.c().address(),
            p.c().type().code(),
            p.c().leading(),
            p.compute().code(),
            DEFAULT_ALGORITHM);
  }

  private int batched(long handle, Gemm p, long alpha, long beta) throws Throwable {
    return (int)
        gemmBatched.invokeExact(
            handle,
            operation(p.b()),
            operation(p.a()),
            p.n(),
            p.m(),
            p.k(),
            alpha,
            p.b().address(),
            p.b().type().code(),
            p.b().leading(),
            p.b().stride(),
            p.a().address(),
            p.a().type().code(),
            p.a().leading(),
            p.a().stride(),
            beta,
            p.c().address(),
            p.c().type().code(),
            p.c().leading(),
            p.c().stride(),
            p.batch(),
            p.compute().code(),
            DEFAULT_ALGORITHM);
  }

  /** CUBLAS_OP_N or CUBLAS_OP_T. */
  private static int operation(Matrix matrix) {
    return matrix.transposed() ? 1 : 0;
  }

  @Override
  public String statusName(int code) {
    return NativeFunctions.textOf(statusName, code);
  }
}
