package io.github.maskalign.cuda;

import io.github.maskalign.cuda.driver.Grid;
import io.github.maskalign.cuda.driver.Kernel;
import io.github.maskalign.tensor.BFloat16;
import io.github.maskalign.tensor.DType;
import java.util.List;
import java.util.Set;

/** Copies between layouts, fills and conversions: {@code copy.cu} and {@code convert.cu}. */
final class CopyKernel {

  private static final String FILE = "copy.cu";

  private static final int TILE = 32;
  private static final int THREADS_OF_A_TILE = 256;

  /** Shorter sides would leave most of a tile idle. */
  private static final int SHORTEST_SIDE = 8;

  private static final int WIDEST = 16;

  private static final Set<DType> HELD_BY_F32 = Set.of(DType.F32, DType.F16, DType.BF16, DType.U8);

  private final Gpu gpu;

  CopyKernel(Gpu gpu) {
    this.gpu = gpu;
  }

  /** out = x, of the same shape. */
  void copy(DeviceView x, DeviceView out) {
    if (x.size() == 0) {
      return;
    }
    Walk walk = Walk.of(x, out);
    if (x.dtype() != out.dtype()) {
      convert(x.dtype(), out.dtype(), walk);
    } else if (walk.isDense()) {
      gpu.compute().copy(x.address(), out.address(), walk.size() * x.dtype().bytes());
    } else {
      for (Walk part : walk.parts()) {
        rearrange(part, x.dtype().bytes());
      }
    }
  }

  private void convert(DType from, DType to, Walk walk) {
    String by = "convertByF64";
    if (HELD_BY_F32.contains(from) && HELD_BY_F32.contains(to)) {
      by = "convertByF32";
    } else if (!from.isFloating() && !to.isFloating()) {
      by = "convertByI64";
    }
    Kernel kernel = gpu.kernels().get("convert.cu", by);
    for (Walk part : walk.parts()) {
      kernel.launch(
          gpu.compute(),
          ElementwiseKernel.grid(part.size()),
          part.axes(),
          part.address(0),
          from.ordinal(),
          part.address(1),
          to.ordinal(),
          (int) part.size());
    }
  }

  private void rearrange(Walk walk, int bytes) {
    int row = rowsOfX(walk);
    int column = walk.rank() - 1;
    if (row >= 0 && walk.dims()[row] >= SHORTEST_SIDE && walk.dims()[column] >= SHORTEST_SIDE) {
      transpose(walk, row, column, bytes);
      return;
    }
    Walk wide = widened(walk, bytes);
    gpu.kernels()
        .get(FILE, "copy" + wide.sides().getFirst().bytes())
        .launch(
            gpu.compute(),
            ElementwiseKernel.grid(wide.size()),
            wide.axes(),
            wide.address(0),
            wide.address(1),
            (int) wide.size());
  }

  /** The axis along which x lies in one piece where out does so along another, or -1. */
  private static int rowsOfX(Walk walk) {
    if (walk.stride(1, -1) == 1 && walk.stride(0, -1) != 1) {
      for (int axis = 0; axis < walk.rank() - 1; axis++) {
        if (walk.stride(0, axis) == 1) {
          return axis;
        }
      }
    }
    return -1;
  }

  private void transpose(Walk walk, int row, int column, int bytes) {
    Walk outer = walk.without(row, column);
    int rows = (int) walk.dims()[row];
    int columns = (int) walk.dims()[column];
    long tiles = outer.size() * Math.ceilDiv(rows, TILE) * Math.ceilDiv(columns, TILE);
    gpu.kernels()
        .get(FILE, "transpose" + bytes)
        .launch(
            gpu.compute(),
            Grid.of(tiles, THREADS_OF_A_TILE),
            outer.axes(),
            walk.address(0),
            walk.address(1),
            rows,
            columns,
            walk.stride(0, column),
            walk.stride(1, row));
  }

  /** The same copy in elements as wide as sizes, strides and addresses allow. */
  private static Walk widened(Walk walk, int bytes) {
    if (walk.stride(0, -1) != 1 || walk.stride(1, -1) != 1) {
      return walk;
    }
    int inner = walk.rank() - 1;
    long common = WIDEST | walk.dims()[inner] * bytes;
    for (Walk.Side side : walk.sides()) {
      common |= side.address();
      for (int axis = 0; axis < inner; axis++) {
        common |= side.strides()[axis] * bytes;
      }
    }
    int width = (int) Long.lowestOneBit(common);
    int factor = width / bytes;
    if (factor <= 1) {
      return walk;
    }
    long[] dims = walk.dims().clone();
    dims[inner] /= factor;
    List<Walk.Side> sides =
        walk.sides().stream()
            .map(
                side -> {
                  long[] strides = side.strides().clone();
                  for (int axis = 0; axis < inner; axis++) {
                    strides[axis] /= factor;
                  }
                  return new Walk.Side(side.address(), width, strides);
                })
            .toList();
    return new Walk(dims, sides);
  }

  /** One value everywhere. */
  void fill(DeviceView out, double value) {
    if (out.size() == 0) {
      return;
    }
    Walk walk = Walk.of(out);
    int bytes = out.dtype().bytes();
    long bits = bits(out.dtype(), value);
    if (walk.isDense() && bits == 0) {
      gpu.compute().fill8(out.address(), (byte) 0, walk.size() * bytes);
    } else if (walk.isDense() && bytes == Integer.BYTES) {
      gpu.compute().fill32(out.address(), (int) bits, walk.size());
    } else {
      Kernel kernel = gpu.kernels().get(FILE, "fill" + bytes);
      for (Walk part : walk.parts()) {
        kernel.launch(
            gpu.compute(),
            ElementwiseKernel.grid(part.size()),
            part.axes(),
            part.address(0),
            (int) part.size(),
            bits);
      }
    }
  }

  private static long bits(DType dtype, double value) {
    return switch (dtype) {
      case F64 -> Double.doubleToRawLongBits(value);
      case F32 -> Float.floatToRawIntBits((float) value);
      case F16 -> Float.floatToFloat16((float) value);
      case BF16 -> BFloat16.fromFloat((float) value);
      case I64 -> (long) value;
      case I32 -> (int) value;
      case U8 -> (byte) value;
    };
  }
}
