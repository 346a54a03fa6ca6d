package io.github.maskalign.cpu.gemm;

import io.github.maskalign.tensor.HostStorage;
import io.github.maskalign.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The right operand of products, [k, n], in the panels that {@link Gemm} reads, so that a weight
 * used again and again is packed once. For a single image's tokens, packing takes a fifth of a
 * product's time.
 *
 * @param offset of the matrix in its storage, in floats
 * @param k rows
 * @param n columns
 * @param panels block by block, columns before rows
 * @param first where they begin
 */
public record PackedMatrix(long offset, int k, int n, float[][] panels, int first) {

  /**
   * The panels of a weight [n, k], packed now if they were not before; null if it is not frozen,
   * another part of its storage was packed, or the heap has no room.
   */
  public static @Nullable PackedMatrix ofFrozen(Tensor weight, Gemm gemm) {
    if (!weight.storage().isFrozen()) {
      return null;
    }
    int n = weight.dim(0);
    int k = weight.dim(1);
    PackedMatrix packed = weight.storage().prepared(PackedMatrix.class);
    if (packed == null && fits(gemm.blocking().floats(k, n))) {
      packed =
          ((HostStorage) weight.storage())
              .once(memory -> gemm.pack(k, n, Matrix.of(weight, memory).transposed()));
      weight.storage().prepare(packed);
    }
    boolean same = packed != null && packed.offset == weight.layout().offset();
    return same && packed.k == k && packed.n == n ? packed : null;
  }

  /** Whether the Java heap has room for another copy of a matrix, and more. */
  private static boolean fits(long floats) {
    Runtime runtime = Runtime.getRuntime();
    long free = runtime.maxMemory() - runtime.totalMemory() + runtime.freeMemory();
    return floats <= Integer.MAX_VALUE && 4 * 4 * floats < free;
  }
}
