package io.github.maskalign.cuda;

import io.github.maskalign.cuda.driver.Grid;
import io.github.maskalign.cuda.driver.Kernel;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.op.Reduction;
import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** Folds axes away: {@code reduce.cu}. Long folds are cut into pieces, whose results are folded. */
final class ReduceKernel {

  private static final int THREADS = 256;

  /** Results of a block that goes over columns. */
  private static final int COLUMNS = 32;

  private static final int PIECE_OF_ROW = 4096;
  private static final int PIECE_OF_COLUMN = 256;
  private static final int MOST_PIECES = 65_535;

  /** Enough results to fill the device without cutting folds. */
  private static final int MANY_RESULTS = 1 << 16;

  private final Gpu gpu;

  ReduceKernel(Gpu gpu) {
    this.gpu = gpu;
  }

  /** Folds the axes where out, which is dense, has size 1. */
  void reduce(Reduction op, DeviceView x, DeviceView out) {
    int[] sizes = out.dims();
    fold(
        op,
        axes(x, axis -> sizes[axis] != 1),
        axes(x, axis -> sizes[axis] == 1),
        x.dtype(),
        out.address());
  }

  private static Walk axes(DeviceView x, IntPredicate which) {
    int[] axes = IntStream.range(0, x.rank()).filter(which).toArray();
    return Walk.of(
        new DeviceView(
            x.address(),
            x.dtype(),
            Arrays.stream(axes).map(x::dim).toArray(),
            Arrays.stream(axes).mapToLong(x::stride).toArray()));
  }

  private void fold(Reduction op, Walk kept, Walk folded, DType dtype, long out) {
    if (kept.size() > Integer.MAX_VALUE || folded.size() > Integer.MAX_VALUE) {
      throw new ShapeException(
          "%s: %d results of %d elements each are more than a kernel counts"
              .formatted(op, kept.size(), folded.size()));
    }
    int results = (int) kept.size();
    int length = (int) folded.size();
    boolean rows = length > COLUMNS && (results == 1 || folded.stride(0, -1) <= kept.stride(0, -1));
    int piece = piece(rows, results, length);
    int pieces = Math.max(1, Math.ceilDiv(length, piece));
    if (pieces == 1) {
      launch(op, rows, kept, folded, dtype, out, piece, pieces);
      return;
    }
    CudaStorage parts = gpu.pool().allocate((long) results * pieces * dtype.bytes());
    try {
      launch(op, rows, kept, folded, dtype, parts.address(), piece, pieces);
      Walk ofResults = line(parts.address(), dtype, results, rows ? pieces : 1);
      Walk ofPieces = line(parts.address(), dtype, pieces, rows ? 1 : results);
      fold(op, ofResults, ofPieces, dtype, out);
    } finally {
      parts.free();
    }
  }

  private static int piece(boolean rows, int results, int length) {
    if (results >= MANY_RESULTS) {
      return Math.max(1, length);
    }
    return Math.max(rows ? PIECE_OF_ROW : PIECE_OF_COLUMN, Math.ceilDiv(length, MOST_PIECES));
  }

  private static Walk line(long address, DType dtype, int size, long stride) {
    return Walk.of(new DeviceView(address, dtype, new int[] {size}, new long[] {stride}));
  }

  private void launch(
      Reduction op,
      boolean rows,
      Walk kept,
      Walk folded,
      DType dtype,
      long out,
      int piece,
      int pieces) {
    String join =
        switch (op) {
          case SUM -> "Sum";
          case MAX -> "Max";
        };
    Kernel kernel =
        gpu.kernels().get("reduce.cu", (rows ? "row" : "columns") + join, Operands.real(dtype));
    int results = (int) kept.size();
    int length = (int) folded.size();
    if (rows) {
      kernel.launch(
          gpu.compute(),
          Grid.of(results, pieces, THREADS),
          kept.axes(),
          folded.axes(),
          kept.address(0),
          out,
          length,
          piece);
    } else {
      kernel.launch(
          gpu.compute(),
          Grid.of(Math.ceilDiv(results, COLUMNS), pieces, THREADS),
          kept.axes(),
          folded.axes(),
          kept.address(0),
          out,
          results,
          length,
          piece);
    }
  }
}
