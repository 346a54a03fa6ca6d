package io.github.maskalign.cpu.kernel;

import io.github.maskalign.cpu.runtime.Operand;
import org.jspecify.annotations.Nullable;

/** The end of a residual branch, for contiguous elements in one thread. */
public interface ResidualKernel {

  /**
   * {@code y[i] = x[i] + scale[i - from] * y[i]} for n elements from an index on.
   *
   * @param scale null for 1
   */
  void add(Operand x, @Nullable Operand scale, Operand y, long from, int n);
}
