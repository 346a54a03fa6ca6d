package io.github.maskalign.cuda.kernel;

import io.github.maskalign.cuda.driver.Grid;
import io.github.maskalign.cuda.driver.Kernel;
import io.github.maskalign.cuda.runtime.CudaStorage;
import io.github.maskalign.cuda.runtime.DeviceView;
import io.github.maskalign.cuda.runtime.Gpu;
import io.github.maskalign.cuda.runtime.KernelArguments;
import io.github.maskalign.cuda.runtime.StridedLoop;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.op.Reduction;
import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Reductions over axes, one kernel per operation: {@code reduce.cu}. Long reductions are split into
 * pieces, whose results are reduced again.
 */
public final class ReduceKernel {

  static final String FILE = "reduce.cu";

  private static final int THREADS = 256;

  /** Results per block of a reduction over columns. */
  private static final int COLUMNS = 32;

  private static final int ROW_PIECE = 4096;
  private static final int COLUMN_PIECE = 256;
  private static final int MAX_PIECES = 65_535;

  /** Results that fill the device without splitting. */
  private static final int MANY_RESULTS = 1 << 16;

  private final Gpu gpu;

  /** The kernels of one device. */
  public ReduceKernel(Gpu gpu) {
    this.gpu = gpu;
  }

  /** Reduces the axes of x where out, which is contiguous, has size 1. */
  public void reduce(Reduction op, DeviceView x, DeviceView out) {
    int[] sizes = out.dims();
    reduce(
        op,
        axes(x, axis -> sizes[axis] != 1),
        axes(x, axis -> sizes[axis] == 1),
        x.dtype(),
        out.address());
  }

  private static StridedLoop axes(DeviceView x, IntPredicate which) {
    int[] axes = IntStream.range(0, x.rank()).filter(which).toArray();
    return StridedLoop.of(
        new DeviceView(
            x.address(),
            x.dtype(),
            Arrays.stream(axes).map(x::dim).toArray(),
            Arrays.stream(axes).mapToLong(x::stride).toArray()));
  }

  private void reduce(Reduction op, StridedLoop kept, StridedLoop reduced, DType dtype, long out) {
    if (kept.size() > Integer.MAX_VALUE || reduced.size() > Integer.MAX_VALUE) {
      throw new ShapeException(
          "%s: %d results of %d elements each exceed the limit of the kernel"
              .formatted(op, kept.size(), reduced.size()));
    }
    int results = (int) kept.size();
    int length = (int) reduced.size();
    boolean rows =
        length > COLUMNS && (results == 1 || reduced.stride(0, -1) <= kept.stride(0, -1));
    int piece = piece(rows, results, length);
    int pieces = Math.max(1, Math.ceilDiv(length, piece));
    if (pieces == 1) {
      launch(op, rows, kept, reduced, dtype, out, piece, pieces);
      return;
    }
    CudaStorage partials = gpu.pool().allocate((long) results * pieces * dtype.bytes());
    try {
      launch(op, rows, kept, reduced, dtype, partials.address(), piece, pieces);
      StridedLoop ofResults = vector(partials.address(), dtype, results, rows ? pieces : 1);
      StridedLoop ofPieces = vector(partials.address(), dtype, pieces, rows ? 1 : results);
      reduce(op, ofResults, ofPieces, dtype, out);
    } finally {
      partials.free();
    }
  }

  private static int piece(boolean rows, int results, int length) {
    if (results >= MANY_RESULTS) {
      return Math.max(1, length);
    }
    return Math.max(rows ? ROW_PIECE : COLUMN_PIECE, Math.ceilDiv(length, MAX_PIECES));
  }

  private static StridedLoop vector(long address, DType dtype, int size, long stride) {
    return StridedLoop.of(new DeviceView(address, dtype, new int[] {size}, new long[] {stride}));
  }

  private void launch(
      Reduction op,
      boolean rows,
      StridedLoop kept,
      StridedLoop reduced,
      DType dtype,
      long out,
      int piece,
      int pieces) {
    Kernel kernel =
        gpu.kernels()
            .get(FILE, (rows ? "reduceRow_" : "reduceColumns_") + op, KernelArguments.real(dtype));
    int results = (int) kept.size();
    int length = (int) reduced.size();
    if (rows) {
      kernel.launch(
          gpu.compute(),
          Grid.of(results, pieces, THREADS),
          kept.packed(),
          reduced.packed(),
          kept.address(0),
          out,
          length,
          piece);
    } else {
      kernel.launch(
          gpu.compute(),
          Grid.of(Math.ceilDiv(results, COLUMNS), pieces, THREADS),
          kept.packed(),
          reduced.packed(),
          kept.address(0),
          out,
          results,
          length,
          piece);
    }
  }
}
