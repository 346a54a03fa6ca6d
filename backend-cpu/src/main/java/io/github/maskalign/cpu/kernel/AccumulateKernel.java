package io.github.maskalign.cpu.kernel;

import io.github.maskalign.cpu.runtime.Chunks;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;
import java.util.List;

/** Adds into a block in place, and computes the squared norm of many blocks. */
public abstract class AccumulateKernel extends Kernel {
  /** A kernel on the given threads, with the given scratch memory. */
  protected AccumulateKernel(Workers workers, Scratch scratch) {
    super(workers, scratch);
  }

  /** n contiguous elements. */
  public record Span(Operand operand, long n) {}

  /** y[i] += a x[i]. */
  public final void accumulate(float a, Operand x, Operand y, long n) {
    workers.forRange(
        n, Chunks.ELEMENTS, (from, to) -> accumulate(a, x, y, from, (int) (to - from)));
  }

  /** Sum of the squares of every element of every span. */
  public final double sumOfSquares(List<Span> spans) {
    int[] start = new int[spans.size() + 1];
    for (int s = 0; s < spans.size(); s++) {
      start[s + 1] = Math.addExact(start[s], Chunks.count(spans.get(s).n(), Chunks.ELEMENTS));
    }
    int tasks = start[spans.size()];
    double[] partial = scratch.takeDoubles(tasks);
    workers.run(
        tasks,
        task -> {
          int s = Chunks.owner(start, task);
          Span span = spans.get(s);
          int chunk = task - start[s];
          int length = Chunks.length(span.n(), Chunks.ELEMENTS, chunk);
          partial[task] = sumOfSquares(span.operand(), (long) chunk * Chunks.ELEMENTS, length);
        });
    double total = 0;
    for (int task = 0; task < tasks; task++) {
      total += partial[task];
    }
    scratch.give(partial);
    return total;
  }

  /** {@link #accumulate} for n elements from an index on, in one thread. */
  public abstract void accumulate(float a, Operand x, Operand y, long from, int n);

  /** Sum of the squares of n elements from an index on, in one thread. */
  protected abstract double sumOfSquares(Operand x, long from, int n);
}
