package io.github.maskalign.cpu.kernel;

import io.github.maskalign.cpu.gemm.Matrix;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;
import java.lang.foreign.MemorySegment;

/** The obvious forward pass: probabilities in F32, then their product with the values. */
public final class FloatProductAttention extends ProductAttention {

  /** Attention by the kernels of a tier. */
  public FloatProductAttention(Workers workers, Scratch scratch, Kernels kernels) {
    super(workers, scratch, kernels.products(), kernels.softmax(), kernels.unary());
  }

  @Override
  protected void forward(
      Queries queries, Operand qkv, float scale, Operand out, Shape shape, int task) {
    int tokens = shape.tokens();
    Matrix q = rows(queries.first(shape, task), queries.stride());
    MemorySegment memory = scratch.takeMemory((long) Float.BYTES * queries.count() * tokens);
    Operand p = new Operand(memory, 0);
    probabilities(q, 0, queries.count(), qkv, scale, p, shape, task);
    Matrix o = rows(queries.output(out, shape, task), shape.third());
    Matrix values = values(qkv, shape, task);
    multiply(queries.count(), shape.size(), tokens, rows(p, tokens), values, o, false);
    scratch.give(memory);
  }
}
