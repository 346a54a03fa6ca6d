package io.github.maskalign.cpu.bf16;

import io.github.maskalign.tensor.BFloat16;

/** The operands of products of BF16: floats rounded to nearest, ties to even. */
public final class Bf16 {

  private Bf16() {}

  /** Rounds a float; denormals become zeros, as the instructions that round have it. */
  public static short round(float x) {
    return BFloat16.fromFloat(Bf16Dot.flushed(x));
  }

  /** Two terms that stand side by side, the even one in the low half. */
  public static int pair(float even, float odd) {
    return round(even) & 0xffff | round(odd) << 16;
  }
}
