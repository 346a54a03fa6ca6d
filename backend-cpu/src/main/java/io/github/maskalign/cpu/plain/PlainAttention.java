package io.github.maskalign.cpu.plain;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;

import io.github.maskalign.cpu.gemm.Blocking;
import io.github.maskalign.cpu.gemm.Matrix;
import io.github.maskalign.cpu.kernel.AttentionKernel;
import io.github.maskalign.cpu.kernel.ScoreMask;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Multi-head attention; see {@link AttentionKernel}.
 *
 * <p>Everything is kept transposed, a row per key or per element of the head, with the queries
 * along the rows: all inner loops then run over queries, of which there are many, and the softmax
 * needs no sum along a row.
 */
final class PlainAttention extends AttentionKernel {
  /** Queries handled at a time. */
  private static final int QUERIES = 256;

  PlainAttention(Workers workers, Scratch scratch) {
    super(workers, scratch);
  }

  @Override
  protected void forward(
      Queries queries, Operand qkv, float scale, Operand out, Shape shape, int task) {
    int tokens = shape.tokens();
    int size = shape.size();
    int block = Math.min(QUERIES, queries.count());
    Matrix own = rows(queries.first(shape, task), queries.stride());
    Matrix output = rows(queries.output(out, shape, task), shape.third());
    float[] keys = pack(keys(qkv, shape, task), tokens, size);
    float[] values = pack(values(qkv, shape, task).transposed(), size, tokens);
    float[][] q = takeRows(size, block);
    float[][] p = takeRows(tokens, block);
    float[][] o = takeRows(size, block);
    float[] inverse = scratch.takeFloats(block);
    for (int from = 0; from < queries.count(); from += block) {
      int n = Math.min(block, queries.count() - from);
      load(own, from, n, size, scale, q);
      probabilities(shape, task, from, keys, q, n, p, inverse);
      clear(o, size, n);
      PlainProducts.add(values, 0, p, 0, tokens, o, size, n);
      for (int c = 0; c < size; c++) {
        PlainMath.multiply(o[c], inverse, n);
      }
      store(o, size, n, 1f, output, from);
    }
    scratch.give(inverse);
    scratch.give(o);
    scratch.give(p);
    scratch.give(q);
    scratch.give(values);
    scratch.give(keys);
  }

  @Override
  protected void probabilities(
      Operand qkv, float scale, int fromQuery, int queries, Operand out, Shape shape, int task) {
    int tokens = shape.tokens();
    int size = shape.size();
    int block = Math.min(QUERIES, queries);
    float[] keys = pack(keys(qkv, shape, task), tokens, size);
    float[][] q = takeRows(size, block);
    float[][] p = takeRows(tokens, block);
    float[] inverse = scratch.takeFloats(block);
    for (int from = 0; from < queries; from += block) {
      int n = Math.min(block, queries - from);
      load(queries(qkv, shape, task), fromQuery + from, n, size, scale, q);
      probabilities(shape, task, fromQuery + from, keys, q, n, p, inverse);
      for (int i = 0; i < tokens; i++) {
        PlainMath.multiply(p[i], inverse, n);
      }
      long at = out.offset() + (long) task * queries * tokens;
      store(p, tokens, n, 1f, new Matrix(out.segment(), at, tokens, 1), from);
    }
    scratch.give(inverse);
    scratch.give(p);
    scratch.give(q);
    scratch.give(keys);
  }

  @Override
  protected void backward(
      Operand qkv, float scale, Operand g, Operand dqkv, Shape shape, int task) {
    int tokens = shape.tokens();
    int size = shape.size();
    int block = Math.min(QUERIES, tokens);
    Matrix queries = queries(qkv, shape, task);
    Matrix grads = output(g, shape, task);
    Matrix allKeys = keys(qkv, shape, task);
    float[] keys = pack(allKeys, tokens, size);
    float[] keysT = pack(allKeys.transposed(), size, tokens);
    float[] values = pack(values(qkv, shape, task), tokens, size);
    float[] left = scratch.takeFloats(PlainProducts.packed(size, block));
    float[][] rows = takeRows(size, block);
    float[][] p = takeRows(tokens, block);
    float[][] ds = takeRows(tokens, block);
    float[][] turned = takeRows(block, tokens);
    float[][] dk = takeRows(size, tokens);
    float[][] dv = takeRows(size, tokens);
    float[] sums = scratch.takeFloats(block);
    clear(dk, size, tokens);
    clear(dv, size, tokens);
    for (int from = 0; from < tokens; from += block) {
      int n = Math.min(block, tokens - from);
      load(queries, from, n, size, scale, rows);
      probabilities(shape, task, from, keys, rows, n, p, sums);
      load(grads, from, n, size, 1f, rows);
      clear(ds, tokens, n);
      PlainProducts.add(values, 0, rows, 0, size, ds, tokens, n);
      scoreGrad(p, ds, sums, tokens, n);
      PlainProducts.transpose(p, tokens, n, turned);
      PlainProducts.pack(grads.transposed(), 0, size, from, n, left, scratch);
      PlainProducts.add(left, 0, turned, 0, n, dv, size, tokens);
      PlainProducts.transpose(ds, tokens, n, turned);
      PlainProducts.pack(queries.transposed(), 0, size, from, n, left, scratch);
      PlainProducts.add(left, 0, turned, 0, n, dk, size, tokens);
      clear(rows, size, n);
      PlainProducts.add(keysT, 0, ds, 0, tokens, rows, size, n);
      store(rows, size, n, scale, queries(dqkv, shape, task), from);
    }
    store(dk, size, tokens, scale, keys(dqkv, shape, task), 0);
    store(dv, size, tokens, 1f, values(dqkv, shape, task), 0);
    scratch.give(sums);
    scratch.give(dv);
    scratch.give(dk);
    scratch.give(turned);
    scratch.give(ds);
    scratch.give(p);
    scratch.give(rows);
    scratch.give(left);
    scratch.give(values);
    scratch.give(keysT);
    scratch.give(keys);
  }

  /**
   * For n queries from one on: p [keys, n] = e^(score - the query's maximum), and the inverse of
   * its sum for each query.
   */
  private void probabilities(
      Shape shape,
      int task,
      int query,
      float[] keys,
      float[][] q,
      int n,
      float[][] p,
      float[] inverse) {
    int tokens = shape.tokens();
    clear(p, tokens, n);
    PlainProducts.add(keys, 0, q, 0, shape.size(), p, tokens, n);
    mask(shape, task, query, p, n);
    float[] max = scratch.takeFloats(n);
    int[] bits = scratch.takeInts(n);
    System.arraycopy(p[0], 0, max, 0, n);
    for (int i = 1; i < tokens; i++) {
      PlainMath.max(max, p[i], n);
    }
    Arrays.fill(inverse, 0, n, 0f);
    for (int i = 0; i < tokens; i++) {
      PlainMath.subtract(p[i], max, n);
      PlainMath.expOfNonPositive(p[i], bits, n);
      PlainMath.add(inverse, p[i], n);
    }
    for (int j = 0; j < n; j++) {
      inverse[j] = 1 / inverse[j];
      if (shape.mask().hidesAll(shape.sample(task), query + j)) {
        p[0][j] = 0;
      }
    }
    scratch.give(bits);
    scratch.give(max);
  }

  /**
   * Adds the bias of the keys and sets hidden scores to minus infinity. A query that may attend to
   * nothing keeps a score of 0 at the first key, so that its softmax is a number.
   */
  private static void mask(Shape shape, int task, int query, float[][] p, int n) {
    ScoreMask mask = shape.mask();
    int sample = shape.sample(task);
    for (int i = 0; i < shape.tokens() && !mask.isNone(); i++) {
      float bias = mask.bias(sample, i);
      for (int j = 0; j < n && bias != 0; j++) {
        p[i][j] += bias;
      }
      int earlier = mask.isCausal() ? Math.clamp(i - query, 0, n) : 0;
      Arrays.fill(p[i], 0, mask.hides(sample, i) ? n : earlier, Float.NEGATIVE_INFINITY);
    }
    for (int j = 0; j < n; j++) {
      if (mask.hidesAll(sample, query + j)) {
        p[0][j] = 0;
      }
    }
  }

  /** p *= inverse; ds = p (ds - sum over keys of p ds). */
  private void scoreGrad(float[][] p, float[][] ds, float[] inverse, int tokens, int n) {
    float[] dot = scratch.takeFloats(n);
    Arrays.fill(dot, 0, n, 0f);
    for (int i = 0; i < tokens; i++) {
      PlainMath.multiply(p[i], inverse, n);
      PlainMath.addProduct(dot, p[i], ds[i], n);
    }
    for (int i = 0; i < tokens; i++) {
      PlainMath.subtract(ds[i], dot, n);
      PlainMath.multiply(ds[i], p[i], n);
    }
    scratch.give(dot);
  }

  private float[] pack(Matrix a, int rows, int depth) {
    float[] packed = scratch.takeFloats(PlainProducts.packed(rows, depth));
    PlainProducts.pack(a, 0, rows, 0, depth, packed, scratch);
    return packed;
  }

  /** Rows of a result, padded; lengths are rounded so that sequences of all lengths share them. */
  private float[][] takeRows(int rows, int length) {
    return scratch.takeRows(PlainProducts.pad(rows), Blocking.roundUp(length, 64));
  }

  private static void clear(float[][] x, int rows, int n) {
    for (int i = 0; i < PlainProducts.pad(rows); i++) {
      Arrays.fill(x[i], 0, n, 0f);
    }
  }

  /** rows [size, n] = the transpose of n rows of a matrix from one on, times a factor. */
  private void load(Matrix x, int from, int n, int size, float factor, float[][] rows) {
    float[] line = scratch.takeFloats(size);
    for (int t = 0; t < n; t++) {
      MemorySegment.copy(x.segment(), JAVA_FLOAT_UNALIGNED, x.at(from + t, 0), line, 0, size);
      for (int c = 0; c < size; c++) {
        rows[c][t] = factor * line[c];
      }
    }
    scratch.give(line);
  }

  /** Writes the transpose of rows [size, n], times a factor, to rows of a matrix from one on. */
  private void store(float[][] rows, int size, int n, float factor, Matrix x, int from) {
    float[] line = scratch.takeFloats(size);
    for (int t = 0; t < n; t++) {
      for (int c = 0; c < size; c++) {
        line[c] = factor * rows[c][t];
      }
      MemorySegment.copy(line, 0, x.segment(), JAVA_FLOAT_UNALIGNED, x.at(from + t, 0), size);
    }
    scratch.give(line);
  }
}
