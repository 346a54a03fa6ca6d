package io.github.maskalign.cuda.kernel;

import io.github.maskalign.cuda.driver.Grid;
import io.github.maskalign.cuda.runtime.Gpu;
import io.github.maskalign.cuda.runtime.KernelArguments;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** The weighted sum of levels and its gradient for the weights: {@code mix.cu}. */
public final class MixKernel {

  private static final String FILE = "mix.cu";
  private static final int THREADS = 256;
  private static final int ELEMENTS_PER_THREAD = 8;
  private static final int MAX_LEVELS = 32;

  private final Gpu gpu;

  /** The kernels of one device. */
  public MixKernel(Gpu gpu) {
    this.gpu = gpu;
  }

  /** Whether one launch supports this number of levels. */
  public static boolean supports(List<Tensor> levels) {
    return levels.size() <= MAX_LEVELS;
  }

  /** y = sum weights[i] levels[i]. */
  public Tensor forward(Eager ops, List<Tensor> levels, Tensor weights) {
    DType dtype = weights.dtype();
    Tensor y = ops.emptyLike(levels.getFirst());
    try (Arena arena = Arena.ofConfined()) {
      gpu.kernels()
          .get(FILE, "weightedSum", KernelArguments.real(dtype))
          .launch(
              gpu.compute(),
              Grid.covering(y.size(), THREADS),
              table(arena, levels),
              levels.size(),
              KernelArguments.address(weights),
              KernelArguments.address(y),
              y.size());
    }
    return y;
  }

  /** The gradient of the weights: the dot product of g with each level. */
  public Tensor weightGrad(Eager ops, List<Tensor> levels, Tensor g) {
    DType dtype = g.dtype();
    int blocks = Math.toIntExact(Math.ceilDiv(g.size(), (long) THREADS * ELEMENTS_PER_THREAD));
    Tensor partials = ops.empty(dtype, Shape.of(levels.size(), blocks));
    Tensor sums = ops.empty(dtype, Shape.of(levels.size()));
    try (Arena arena = Arena.ofConfined()) {
      gpu.kernels()
          .get(FILE, "weightedSumWeightGrad", KernelArguments.real(dtype))
          .launch(
              gpu.compute(),
              Grid.of(blocks, THREADS),
              table(arena, levels),
              levels.size(),
              KernelArguments.address(g),
              KernelArguments.address(partials),
              g.size());
    }
    gpu.kernels()
        .get(FILE, "sumPartials", KernelArguments.real(dtype))
        .launch(
            gpu.compute(),
            Grid.of(levels.size(), THREADS),
            KernelArguments.address(partials),
            KernelArguments.address(sums),
            (long) blocks,
            KernelArguments.scalar(dtype, 1));
    ops.discard(partials);
    return sums;
  }

  private static MemorySegment table(Arena arena, List<Tensor> levels) {
    MemorySegment table = arena.allocate(ValueLayout.JAVA_LONG, MAX_LEVELS);
    for (int i = 0; i < levels.size(); i++) {
      table.setAtIndex(ValueLayout.JAVA_LONG, i, KernelArguments.address(levels.get(i)));
    }
    return table;
  }
}
