package io.github.maskalign.cpu.kernel;

import io.github.maskalign.cpu.gemm.Gemm;
import io.github.maskalign.cpu.gemm.GemmProduct;
import io.github.maskalign.cpu.gemm.Matrix;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Multi-head attention as matrix products with a softmax in between; see {@link AttentionKernel}.
 * It is as precise as its products: with factors of BF16, queries, keys, values, probabilities and
 * gradients are rounded where they are factors, and scores and softmax are F32. The forward pass is
 * left to subclasses, for which the softmax may write factors.
 */
public abstract class ProductAttention extends AttentionKernel {

  /**
   * Queries handled at a time, whose scores then stay in the second-level cache. Even, since sums
   * over queries are cut here.
   */
  protected static final int QUERIES = 256;

  private final Gemm<?> products;
  private final SoftmaxKernel softmax;

  /** Scales scores. */
  protected final UnaryKernel unary;

  /** Attention by other kernels of a tier. */
  protected ProductAttention(
      Workers workers,
      Scratch scratch,
      Gemm<?> products,
      SoftmaxKernel softmax,
      UnaryKernel unary) {
    super(workers, scratch);
    this.products = products;
    this.softmax = softmax;
    this.unary = unary;
  }

  @Override
  protected void probabilities(
      Operand qkv, float scale, int fromQuery, int queries, Operand out, Shape shape, int task) {
    int tokens = shape.tokens();
    Operand first = qkv.from(shape.queries(task));
    for (int from = 0; from < queries; from += QUERIES) {
      int n = Math.min(QUERIES, queries - from);
      int query = fromQuery + from;
      Matrix q = rows(first.from((long) query * shape.stride()), shape.stride());
      Operand p = out.from(((long) task * queries + from) * tokens);
      probabilities(q, query, n, qkv, scale, p, shape, task);
    }
  }

  @Override
  protected void backward(
      Operand qkv, float scale, Operand g, Operand dqkv, Shape shape, int task) {
    int tokens = shape.tokens();
    int size = shape.size();
    int block = Math.min(QUERIES, tokens);
    Matrix keys = keys(qkv, shape, task);
    Matrix values = values(qkv, shape, task);
    MemorySegment memory = scores(block, tokens);
    MemorySegment gradients = scores(block, tokens);
    Operand p = new Operand(memory, 0);
    Operand ds = new Operand(gradients, 0);
    for (int from = 0; from < tokens; from += block) {
      int n = Math.min(block, tokens - from);
      boolean later = from > 0;
      Matrix q = from(queries(qkv, shape, task), from);
      Matrix grads = from(output(g, shape, task), from);
      probabilities(q, from, n, qkv, scale, p, shape, task);
      Matrix turned = rows(p, tokens).transposed();
      multiply(tokens, size, n, turned, grads, values(dqkv, shape, task), later);
      multiply(n, tokens, size, grads, values.transposed(), rows(ds, tokens), false);
      softmax.softmaxGrad(p, ds, ds, 0, n, tokens);
      unary.affine(scale, 0, ds, ds, 0, n * tokens);
      Matrix scores = rows(ds, tokens);
      multiply(n, size, tokens, scores, keys, from(queries(dqkv, shape, task), from), false);
      multiply(tokens, size, n, scores.transposed(), q, keys(dqkv, shape, task), later);
    }
    scratch.give(gradients);
    scratch.give(memory);
  }

  private MemorySegment scores(int queries, int tokens) {
    return scratch.takeMemory((long) Float.BYTES * queries * tokens);
  }

  /** c [m, n] = a [m, k] b [k, n], plus c if asked for, in this thread. */
  protected final void multiply(
      int m, int n, int k, Matrix a, Matrix b, Matrix c, boolean accumulate) {
    products.runInThread(new GemmProduct(m, n, k, a, b, c, null, accumulate));
  }

  /** p [n, tokens] of n queries, the first of which has a number. */
  protected final void probabilities(
      Matrix q, int query, int n, Operand qkv, float scale, Operand p, Shape shape, int task) {
    int tokens = shape.tokens();
    Matrix keys = keys(qkv, shape, task);
    multiply(n, tokens, shape.size(), q, keys.transposed(), rows(p, tokens), false);
    unary.affine(scale, 0, p, p, 0, n * tokens);
    ScoreMask mask = shape.mask();
    if (mask.isNone()) {
      softmax.softmax(p, p, 0, n, tokens);
      return;
    }
    mask(mask, shape.sample(task), query, n, p, tokens, tokens);
    softmax.softmax(p, p, 0, n, tokens);
    for (int i = 0; i < n; i++) {
      if (mask.hidesAll(shape.sample(task), query + i)) {
        p.segment().asSlice(p.at((long) i * tokens), 4L * tokens).fill((byte) 0);
      }
    }
  }

  /**
   * Masks the scores of n queries, stride apart. A query from which all keys are hidden gets equal
   * scores, so that its softmax is a number.
   */
  protected final void mask(
      ScoreMask mask, int sample, int query, int n, Operand p, int tokens, int stride) {
    float[] row = scratch.takeFloats(tokens);
    for (int i = 0; i < n; i++) {
      long at = (long) i * stride;
      int seen = mask.isCausal() ? query + i + 1 : tokens;
      p.load(at, row, tokens);
      if (mask.hidesAll(sample, query + i)) {
        Arrays.fill(row, 0, tokens, 0f);
      } else {
        mask.addBias(sample, row, 0, seen);
        mask.hide(sample, row, 0, seen);
        Arrays.fill(row, seen, tokens, Float.NEGATIVE_INFINITY);
      }
      p.store(row, at, tokens);
    }
    scratch.give(row);
  }

  /** The rows of a matrix from one on. */
  private static Matrix from(Matrix x, int row) {
    return x.withOffset(x.offset() + row * x.rowStride());
  }
}
