package io.github.maskalign.cuda;

import io.github.maskalign.cuda.driver.Grid;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** The weighted sum of levels and its gradient for the weights: {@code mix.cu}. */
final class MixKernel {

  private static final String FILE = "mix.cu";
  private static final int THREADS = 256;
  private static final int HELD = 8;
  private static final int MOST_LEVELS = 32;

  private final Gpu gpu;

  MixKernel(Gpu gpu) {
    this.gpu = gpu;
  }

  /** Whether so many levels go into one launch. */
  static boolean takes(List<Tensor> levels) {
    return levels.size() <= MOST_LEVELS;
  }

  /** y = sum weights[i] levels[i]. */
  Tensor forward(Eager ops, List<Tensor> levels, Tensor weights) {
    DType dtype = weights.dtype();
    Tensor y = ops.emptyLike(levels.getFirst());
    try (Arena arena = Arena.ofConfined()) {
      gpu.kernels()
          .get(FILE, "weightedSum", Operands.real(dtype))
          .launch(
              gpu.compute(),
              Grid.covering(y.size(), THREADS),
              table(arena, levels),
              levels.size(),
              Operands.address(weights),
              Operands.address(y),
              y.size());
    }
    return y;
  }

  /** The gradient for the weights, the product of g with each level. */
  Tensor weightsBackward(Eager ops, List<Tensor> levels, Tensor g) {
    DType dtype = g.dtype();
    int blocks = Math.toIntExact(Math.ceilDiv(g.size(), (long) THREADS * HELD));
    Tensor parts = ops.empty(dtype, Shape.of(levels.size(), blocks));
    Tensor sums = ops.empty(dtype, Shape.of(levels.size()));
    try (Arena arena = Arena.ofConfined()) {
      gpu.kernels()
          .get(FILE, "weightedSumWeightGrad", Operands.real(dtype))
          .launch(
              gpu.compute(),
              Grid.of(blocks, THREADS),
              table(arena, levels),
              levels.size(),
              Operands.address(g),
              Operands.address(parts),
              g.size());
    }
    gpu.kernels()
        .get(FILE, "addUp", Operands.real(dtype))
        .launch(
            gpu.compute(),
            Grid.of(levels.size(), THREADS),
            Operands.address(parts),
            Operands.address(sums),
            (long) blocks,
            Operands.number(dtype, 1));
    ops.discard(parts);
    return sums;
  }

  private static MemorySegment table(Arena arena, List<Tensor> levels) {
    MemorySegment table = arena.allocate(ValueLayout.JAVA_LONG, MOST_LEVELS);
    for (int i = 0; i < levels.size(); i++) {
      table.setAtIndex(ValueLayout.JAVA_LONG, i, Operands.address(levels.get(i)));
    }
    return table;
  }
}
