package io.github.maskalign.cpu.runtime;

import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.StateException;

/** Checks and views of tensors in host memory. */
public final class Host {

  private Host() {}

  /** Whether the kernels compute with this tensor. */
  public static boolean isF32(Tensor x) {
    return x.dtype() == DType.F32;
  }

  /**
   * Rejects writes to a frozen tensor, whose packed copy would be stale.
   *
   * @throws StateException if the tensor is frozen
   */
  public static void requireMutable(String operation, Tensor out) {
    if (out.storage().isFrozen()) {
      throw new StateException(
          "%s: the tensor %s is frozen; freeze weights only when they are final"
              .formatted(operation, out.shape()));
    }
  }

  /** Elements between neighbors along each axis. */
  public static int[] strides(Tensor x) {
    int[] strides = new int[x.shape().rank()];
    for (int axis = 0; axis < strides.length; axis++) {
      strides[axis] = Math.toIntExact(x.layout().stride(axis));
    }
    return strides;
  }

  /** The only element of an F32 scalar. */
  public static float scalar(Tensor x) {
    return Operand.of(x).get(0);
  }
}
