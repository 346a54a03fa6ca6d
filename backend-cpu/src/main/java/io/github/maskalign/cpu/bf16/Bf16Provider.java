package io.github.maskalign.cpu.bf16;

import java.util.List;

/** Offers kernels for products of BF16; found by {@link java.util.ServiceLoader}. */
public interface Bf16Provider {

  /** The rungs of the ladder, from the fastest. */
  List<Bf16Rung> rungs();
}
