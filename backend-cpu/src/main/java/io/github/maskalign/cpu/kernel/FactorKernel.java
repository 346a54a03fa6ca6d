package io.github.maskalign.cpu.kernel;

import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.tensor.DType;

/** Rounds numbers to the type in which products take their factors. */
public interface FactorKernel {

  /** That type. */
  DType type();

  /** Rounds n F32 elements of x to y, in this thread; denormals may become zeros. */
  void round(Operand x, Operand y, int n);
}
