package io.github.maskalign.cpu.kernel;

import io.github.maskalign.cpu.runtime.Operand;

/** The end of a residual branch with layer scale, for contiguous elements in one thread. */
public interface ResidualKernel {

  /**
   * {@code y[i] = x[i] + scale[i - from] * y[i]} for n elements from an index on, rounded after the
   * product and after the sum.
   */
  void add(Operand x, Operand scale, Operand y, long from, int n);
}
