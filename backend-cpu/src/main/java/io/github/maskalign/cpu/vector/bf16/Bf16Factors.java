package io.github.maskalign.cpu.vector.bf16;

import io.github.maskalign.cpu.kernel.FactorKernel;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.tensor.DType;

/** Rounds as {@link Bf16Pack} does, so that products have the same bits. */
public final class Bf16Factors implements FactorKernel {

  @Override
  public DType type() {
    return DType.BF16;
  }

  @Override
  public void round(Operand x, Operand y, int n) {
    Rounding.row(x.segment(), x.at(0), n, y.segment(), Short.BYTES * y.offset());
  }
}
