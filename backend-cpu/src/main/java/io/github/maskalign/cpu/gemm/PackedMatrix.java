package io.github.maskalign.cpu.gemm;

import io.github.maskalign.tensor.HostStorage;
import io.github.maskalign.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The right operand of products, [k, n], in the panels that {@link Gemm} reads, so that a weight
 * used again and again is packed once. For a single image's tokens, packing takes a fifth of a
 * product's time.
 *
 * @param kernel whose layout the panels have
 * @param offset of the matrix in its storage, in floats
 * @param k rows
 * @param n columns
 * @param panels block by block, columns before rows
 * @param first where they begin
 */
public record PackedMatrix<P>(
    TileKernel<P> kernel, long offset, int k, int n, P panels, int first) {

  /**
   * The panels of a weight [n, k], packed now if they were not before; null if it is not frozen,
   * another part of its storage or another kernel's layout was packed, or memory has no room.
   */
  static <P> @Nullable PackedMatrix<P> ofFrozen(Tensor weight, Gemm<P> gemm) {
    if (!weight.storage().isFrozen()) {
      return null;
    }
    int n = weight.dim(0);
    int k = weight.dim(1);
    PackedMatrix<?> packed = weight.storage().prepared(PackedMatrix.class);
    if (packed == null && gemm.kernel().fits(gemm.blocking().elements(k, n))) {
      packed =
          ((HostStorage) weight.storage())
              .once(memory -> gemm.pack(k, n, Matrix.of(weight, memory).transposed()));
      weight.storage().prepare(packed);
    }
    boolean same =
        packed != null
            && packed.kernel == gemm.kernel()
            && packed.offset == weight.layout().offset()
            && packed.k == k
            && packed.n == n;
    return same ? ofKernel(packed, gemm.kernel()) : null;
  }

  @SuppressWarnings("unchecked") // It is this kernel that made the panels.
  private static <P> PackedMatrix<P> ofKernel(PackedMatrix<?> packed, TileKernel<P> kernel) {
    return (PackedMatrix<P>) packed;
  }

  /** Whether the Java heap has room for so many bytes, and more. */
  public static boolean fitsHeap(long bytes) {
    Runtime runtime = Runtime.getRuntime();
    long free = runtime.maxMemory() - runtime.totalMemory() + runtime.freeMemory();
    return 4 * bytes < free;
  }
}
