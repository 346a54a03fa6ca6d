package io.github.maskalign.cpu.plain;

import io.github.maskalign.cpu.gemm.Gemm;
import io.github.maskalign.cpu.kernel.Kernels;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;

/** The kernels in plain Java. */
public final class PlainKernels {

  private PlainKernels() {}

  /** The kernels on the given threads. */
  public static Kernels create(Workers workers, Scratch scratch) {
    return new Kernels(
        "plain",
        "plain Java",
        "plain Java",
        null,
        new Gemm<>(workers, new PlainTile(scratch)),
        null,
        new PlainUnary(workers, scratch),
        new PlainBinary(workers, scratch),
        new PlainReduce(workers, scratch),
        new PlainGather(workers, scratch),
        new PlainGelu(workers, scratch),
        new PlainResidual(scratch),
        new PlainSoftmax(workers, scratch),
        new PlainLayerNorm(workers, scratch),
        new PlainAttention(workers, scratch),
        new PlainMix(workers, scratch),
        new PlainLoss(workers, scratch),
        new PlainAccumulate(workers, scratch),
        new PlainAdamW(workers, scratch));
  }
}
