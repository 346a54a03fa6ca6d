package io.github.maskalign.cpu;

import io.github.maskalign.cpu.kernel.ReduceKernel;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.op.Reduction;
import java.util.ArrayList;
import java.util.List;

/** Reduces any set of axes of any layout, one run of adjacent axes after another. */
final class AxisReduction {

  /**
   * Adjacent axes to reduce. Runs are reduced from last to first, so {@code outer} counts all
   * elements before the run and {@code inner} only the kept ones after it.
   */
  private record Run(long outer, int size, int inner) {}

  private final Backend backend;
  private final ReduceKernel kernel;

  AxisReduction(Backend backend, ReduceKernel kernel) {
    this.backend = backend;
    this.kernel = kernel;
  }

  void apply(Reduction op, Tensor x, Tensor out) {
    List<Run> runs = runs(x.shape(), out.shape());
    try (Scope scratch = Scope.root(backend, "scratch")) {
      Tensor current = scratch.eager().contiguous(x);
      if (runs.isEmpty()) {
        backend.copy(current, out);
      }
      for (int i = runs.size() - 1; i >= 0; i--) {
        Run run = runs.get(i);
        Shape shape = Shape.of(Math.toIntExact(run.outer * run.inner));
        Tensor target = i == 0 ? out : scratch.eager().empty(DType.F32, shape);
        reduce(op, current, run, target);
        current = target;
      }
    }
  }

  private void reduce(Reduction op, Tensor x, Run run, Tensor out) {
    kernel.apply(op, Operand.of(x), run.outer, run.size, run.inner, Operand.of(out));
  }

  /** The runs to reduce, outermost first. */
  private static List<Run> runs(Shape from, Shape to) {
    List<Run> runs = new ArrayList<>();
    long outer = 1;
    int axis = 0;
    while (axis < from.rank()) {
      int size = 1;
      int first = axis;
      while (axis < from.rank() && isReduced(from, to, axis)) {
        size = Math.multiplyExact(size, from.dim(axis++));
      }
      if (axis > first) {
        runs.add(new Run(outer, size, keptAfter(from, to, axis)));
        outer *= size;
      } else {
        outer *= from.dim(axis++);
      }
    }
    return runs;
  }

  private static boolean isReduced(Shape from, Shape to, int axis) {
    return to.dim(axis) == 1 && from.dim(axis) != 1;
  }

  private static int keptAfter(Shape from, Shape to, int axis) {
    int kept = 1;
    for (int i = axis; i < from.rank(); i++) {
      kept = isReduced(from, to, i) ? kept : Math.multiplyExact(kept, from.dim(i));
    }
    return kept;
  }
}
