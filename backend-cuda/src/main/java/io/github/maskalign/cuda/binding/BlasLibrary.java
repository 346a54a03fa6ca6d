package io.github.maskalign.cuda.binding;

import java.lang.foreign.MemorySegment;

/** The functions of cuBLAS, each with its status code. */
public interface BlasLibrary {

  int create(Handle[] handle);

  int destroy(Handle handle);

  int setStream(Handle handle, Handle stream);

  int setWorkspace(Handle handle, long address, long bytes);

  int getVersion(Handle handle, int[] version);

  /**
   * Queues a product, of row-major matrices.
   *
   * @param alpha the factor of the product, in the precision of the sums
   * @param beta the factor of the old result, likewise
   */
  int gemm(Handle handle, Gemm product, MemorySegment alpha, MemorySegment beta);

  /** The name of a code, such as CUBLAS_STATUS_NOT_SUPPORTED. */
  String statusName(int code);
}
