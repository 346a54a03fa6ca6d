package io.github.maskalign.cpu.kernel;

import io.github.maskalign.cpu.gemm.Matrix;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;

/**
 * Multi-head attention (Vaswani et al., 2017): softmax(scale Q K^T) V for each head. A query whose
 * keys are all hidden by the mask has probabilities, output and gradient of zero.
 *
 * <p>Queries, keys and values come packed, qkv [batch, tokens, 3 heads d], as thirds that are each
 * split by head. One task is one head of one batch element: its keys and values are packed once and
 * stay in the cache while blocks of queries pass. The probabilities never reach memory; the
 * backward pass computes them again.
 */
public abstract class AttentionKernel extends Kernel {
  /** A kernel on the given threads, with the given scratch memory. */
  protected AttentionKernel(Workers workers, Scratch scratch) {
    super(workers, scratch);
  }

  /** Sizes of attention and its mask; heads have {@code size} elements per token. */
  public record Shape(int batch, int tokens, int heads, int size, ScoreMask mask) {

    /** Sizes of attention in which every query attends to every key. */
    public Shape(int batch, int tokens, int heads, int size) {
      this(batch, tokens, heads, size, ScoreMask.NONE);
    }

    /** Elements between tokens of qkv. */
    public int stride() {
      return 3 * third();
    }

    /** Elements between a head's queries, keys and values of a token; the width of the output. */
    public int third() {
      return heads * size;
    }

    /** The batch element of a task. */
    public int sample(int task) {
      return task / heads;
    }

    /** Index in qkv of the first query of a head of a batch element. */
    public long queries(int task) {
      return (long) sample(task) * tokens * stride() + (long) (task % heads) * size;
    }

    /** Index of a head of a batch element in the output [batch, tokens, heads size]. */
    public long output(int task) {
      return (long) sample(task) * tokens * third() + (long) (task % heads) * size;
    }
  }

  /**
   * Queries in memory: a batch element has count of them, stride elements apart, each with all
   * heads side by side.
   */
  public record Queries(Operand memory, int count, int stride) {

    /** The queries among the keys and values. */
    static Queries packed(Operand qkv, Shape shape) {
      return new Queries(qkv, shape.tokens(), shape.stride());
    }

    /** The first query of a head of a batch element. */
    public Operand first(Shape shape, int task) {
      return memory.from(index(shape, task, stride));
    }

    /** The first row of a head of a batch element of the output, [batch, count, heads size]. */
    public Operand output(Operand out, Shape shape, int task) {
      return out.from(index(shape, task, shape.third()));
    }

    private long index(Shape shape, int task, int elements) {
      return (long) shape.sample(task) * count * elements
          + (long) (task % shape.heads()) * shape.size();
    }
  }

  /** out [batch, tokens, heads size] from qkv [batch, tokens, 3 heads size]. */
  public final void forward(Operand qkv, float scale, Operand out, Shape shape) {
    forward(Queries.packed(qkv, shape), qkv, scale, out, shape);
  }

  /**
   * out [batch, queries, heads size] from other queries [batch, queries, heads size] and the keys
   * and values in qkv; the shape has no mask.
   */
  public final void forward(
      Operand q, int queries, Operand qkv, float scale, Operand out, Shape shape) {
    forward(new Queries(q, queries, shape.third()), qkv, scale, out, shape);
  }

  private void forward(Queries q, Operand qkv, float scale, Operand out, Shape shape) {
    workers.run(tasks(shape), task -> forward(q, qkv, scale, out, shape, task));
  }

  /** Softmax(scale Q K^T) [batch, heads, queries, tokens] for the queries from one on. */
  public final void probabilities(
      Operand qkv, float scale, int fromQuery, int queries, Operand out, Shape shape) {
    workers.run(
        tasks(shape), task -> probabilities(qkv, scale, fromQuery, queries, out, shape, task));
  }

  /**
   * dqkv [batch, tokens, 3 heads size] from qkv and g [batch, tokens, heads size]. With P the
   * probabilities and O the output: dV = P^T g, dP = g V^T, dS = P (dP - sum over keys of P dP), dQ
   * = scale dS K, dK = scale dS^T Q.
   */
  public final void backward(Operand qkv, float scale, Operand g, Operand dqkv, Shape shape) {
    workers.run(tasks(shape), task -> backward(qkv, scale, g, dqkv, shape, task));
  }

  /** {@link #forward} for one head of one batch element, in one thread. */
  protected abstract void forward(
      Queries q, Operand qkv, float scale, Operand out, Shape shape, int task);

  /** {@link #probabilities} for one head of one batch element, in one thread. */
  protected abstract void probabilities(
      Operand qkv, float scale, int fromQuery, int queries, Operand out, Shape shape, int task);

  /** {@link #backward} for one head of one batch element, in one thread. */
  protected abstract void backward(
      Operand qkv, float scale, Operand g, Operand dqkv, Shape shape, int task);

  /** Rows of elements, stride elements apart. */
  protected static Matrix rows(Operand first, int stride) {
    return new Matrix(first.segment(), first.offset(), stride, 1);
  }

  /** [tokens, size]: the queries of a head of a batch element of qkv. */
  protected static Matrix queries(Operand qkv, Shape shape, int task) {
    return part(qkv, shape, task, 0);
  }

  /** [tokens, size]: the keys of a head of a batch element of qkv. */
  protected static Matrix keys(Operand qkv, Shape shape, int task) {
    return part(qkv, shape, task, shape.third());
  }

  /** [tokens, size]: the values of a head of a batch element of qkv. */
  protected static Matrix values(Operand qkv, Shape shape, int task) {
    return part(qkv, shape, task, 2L * shape.third());
  }

  private static Matrix part(Operand qkv, Shape shape, int task, long column) {
    long offset = qkv.offset() + shape.queries(task) + column;
    return new Matrix(qkv.segment(), offset, shape.stride(), 1);
  }

  /** [tokens, size]: a head of a batch element of the output. */
  protected static Matrix output(Operand out, Shape shape, int task) {
    return new Matrix(out.segment(), out.offset() + shape.output(task), shape.third(), 1);
  }

  private static int tasks(Shape shape) {
    return Math.multiplyExact(shape.batch(), shape.heads());
  }
}
