package io.github.maskalign.cpu;

import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.HostStorage;
import io.github.maskalign.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/** Where a tensor's elements lie, in the terms that kernels take. */
final class Host {

  private Host() {}

  /** Whether the vector kernels can compute with this tensor. */
  static boolean isF32(Tensor x) {
    return x.dtype() == DType.F32;
  }

  static MemorySegment segment(Tensor x) {
    return ((HostStorage) x.storage()).segment();
  }

  /**
   * Refuses to write where a weight lies that was perhaps packed.
   *
   * @throws IllegalStateException if the tensor is frozen
   */
  static void requireChangeable(String operation, Tensor out) {
    if (out.storage().isFrozen()) {
      throw new IllegalStateException(
          "%s: writes to a tensor %s that was frozen; freeze weights only when they are final"
              .formatted(operation, out.shape()));
    }
  }

  static long offset(Tensor x) {
    return x.layout().offset();
  }

  static int[] strides(Tensor x) {
    int[] strides = new int[x.shape().rank()];
    for (int axis = 0; axis < strides.length; axis++) {
      strides[axis] = Math.toIntExact(x.layout().stride(axis));
    }
    return strides;
  }

  /** The only element of a scalar. */
  static float scalar(Tensor x) {
    return Mem.get(segment(x), 4 * offset(x));
  }

  static void setScalar(Tensor x, double value) {
    Mem.set(segment(x), 4 * offset(x), (float) value);
  }
}
