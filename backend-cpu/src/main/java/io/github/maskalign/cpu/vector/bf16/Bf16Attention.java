package io.github.maskalign.cpu.vector.bf16;

import io.github.maskalign.cpu.bf16.Bf16Kernel;
import io.github.maskalign.cpu.gemm.Blocking;
import io.github.maskalign.cpu.gemm.Gemm;
import io.github.maskalign.cpu.gemm.Matrix;
import io.github.maskalign.cpu.kernel.ProductAttention;
import io.github.maskalign.cpu.kernel.ScoreMask;
import io.github.maskalign.cpu.kernel.SoftmaxKernel;
import io.github.maskalign.cpu.kernel.UnaryKernel;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;
import io.github.maskalign.cpu.vector.Lanes;
import io.github.maskalign.tensor.DType;
import java.lang.foreign.MemorySegment;

/**
 * Attention by products of BF16 whose softmax writes BF16. Its rows are divided by their sums after
 * the product with the values, as in FlashAttention (Dao et al., 2022).
 */
public final class Bf16Attention extends ProductAttention {

  private static final int UNIT = Math.max(Lanes.L, Bf16Kernel.TERMS);

  /** Attention by other kernels of a tier. */
  public Bf16Attention(
      Workers workers,
      Scratch scratch,
      Gemm<?> products,
      SoftmaxKernel softmax,
      UnaryKernel unary) {
    super(workers, scratch, products, softmax, unary);
  }

  @Override
  protected void forward(
      Queries queries, Operand qkv, float scale, Operand out, Shape shape, int task) {
    int tokens = shape.tokens();
    int span = Blocking.roundUp(tokens, UNIT);
    int block = Math.min(QUERIES, queries.count());
    Operand own = queries.first(shape, task);
    Operand result = queries.output(out, shape, task);
    Matrix keys = keys(qkv, shape, task).transposed();
    Matrix values = values(qkv, shape, task);
    long elements = (long) block * span;
    MemorySegment scores = scratch.takeMemory(Float.BYTES * elements);
    MemorySegment weights = scratch.takeMemory(Short.BYTES * elements);
    float[] inverse = scratch.takeFloats(Bf16Softmax.scratch(block));
    Matrix p = new Matrix(weights, 0, span, 1, DType.BF16);
    for (int from = 0; from < queries.count(); from += block) {
      int n = Math.min(block, queries.count() - from);
      Matrix q = rows(own.from((long) from * queries.stride()), queries.stride());
      multiply(n, tokens, shape.size(), q, keys, new Matrix(scores, 0, span, 1), false);
      weights(scores, weights, from, n, span, scale, inverse, shape, task);
      Matrix o = rows(result.from((long) from * shape.third()), shape.third());
      multiply(n, shape.size(), tokens, p, values, o, false);
      Bf16Softmax.scale(o.segment(), o.at(0, 0), 4 * o.rowStride(), n, shape.size(), inverse);
    }
    scratch.give(inverse);
    scratch.give(weights);
    scratch.give(scores);
  }

  private void weights(
      MemorySegment scores,
      MemorySegment weights,
      int query,
      int n,
      int span,
      float scale,
      float[] inverse,
      Shape shape,
      int task) {
    int tokens = shape.tokens();
    ScoreMask mask = shape.mask();
    if (mask.isNone()) {
      Bf16Softmax.run(scores, weights, n, tokens, span, scale, inverse);
      return;
    }
    Operand s = new Operand(scores, 0);
    unary.affine(scale, 0, s, s, 0, n * span);
    mask(mask, shape.sample(task), query, n, s, tokens, span);
    Bf16Softmax.run(scores, weights, n, tokens, span, 1, inverse);
    for (int i = 0; i < n; i++) {
      if (mask.hidesAll(shape.sample(task), query + i)) {
        inverse[i] = 0;
      }
    }
  }
}
