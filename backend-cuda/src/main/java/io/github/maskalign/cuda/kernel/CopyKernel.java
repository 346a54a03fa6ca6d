package io.github.maskalign.cuda.kernel;

import io.github.maskalign.cuda.driver.Grid;
import io.github.maskalign.cuda.driver.Kernel;
import io.github.maskalign.cuda.runtime.DeviceView;
import io.github.maskalign.cuda.runtime.Gpu;
import io.github.maskalign.cuda.runtime.StridedLoop;
import io.github.maskalign.tensor.BFloat16;
import io.github.maskalign.tensor.DType;
import java.util.List;

/** Copies between layouts, conversions and fills: {@code copy.cu}, {@code convert.cu}. */
public final class CopyKernel {

  private static final String FILE = "copy.cu";

  private static final int TILE = 32;
  private static final int THREADS_PER_TILE = 256;

  /** Shorter axes would leave most of a tile idle. */
  private static final int MIN_TRANSPOSED = 8;

  private static final int MAX_BYTES = 16;

  private final Gpu gpu;

  /** The kernels of one device. */
  public CopyKernel(Gpu gpu) {
    this.gpu = gpu;
  }

  /** out = x, converted to the type of out; both have the same shape. */
  public void copy(DeviceView x, DeviceView out) {
    if (x.size() == 0) {
      return;
    }
    StridedLoop loop = StridedLoop.of(x, out);
    if (x.dtype() != out.dtype()) {
      convert(x.dtype(), out.dtype(), loop);
    } else if (loop.isContiguous()) {
      gpu.compute().copy(x.address(), out.address(), loop.size() * x.dtype().bytes());
    } else {
      for (StridedLoop part : loop.split()) {
        rearrange(part, x.dtype().bytes());
      }
    }
  }

  private void convert(DType from, DType to, StridedLoop loop) {
    Kernel kernel = gpu.kernels().get("convert.cu", "convert", "FROM=" + from, "TO=" + to);
    for (StridedLoop part : loop.split()) {
      kernel.launch(
          gpu.compute(),
          ElementwiseKernel.grid(part.size()),
          part.packed(),
          part.address(0),
          part.address(1),
          (int) part.size());
    }
  }

  private void rearrange(StridedLoop loop, int bytes) {
    int row = contiguousAxisOfX(loop);
    int column = loop.rank() - 1;
    if (row >= 0 && loop.dims()[row] >= MIN_TRANSPOSED && loop.dims()[column] >= MIN_TRANSPOSED) {
      transpose(loop, row, column, bytes);
      return;
    }
    StridedLoop wide = widened(loop, bytes);
    gpu.kernels()
        .get(FILE, "copy" + wide.views().getFirst().bytes())
        .launch(
            gpu.compute(),
            ElementwiseKernel.grid(wide.size()),
            wide.packed(),
            wide.address(0),
            wide.address(1),
            (int) wide.size());
  }

  /** The contiguous axis of x if that of out is another one, or -1. */
  private static int contiguousAxisOfX(StridedLoop loop) {
    if (loop.stride(1, -1) == 1 && loop.stride(0, -1) != 1) {
      for (int axis = 0; axis < loop.rank() - 1; axis++) {
        if (loop.stride(0, axis) == 1) {
          return axis;
        }
      }
    }
    return -1;
  }

  private void transpose(StridedLoop loop, int row, int column, int bytes) {
    StridedLoop outer = loop.without(row, column);
    int rows = (int) loop.dims()[row];
    int columns = (int) loop.dims()[column];
    long tiles = outer.size() * Math.ceilDiv(rows, TILE) * Math.ceilDiv(columns, TILE);
    gpu.kernels()
        .get(FILE, "transpose" + bytes)
        .launch(
            gpu.compute(),
            Grid.of(tiles, THREADS_PER_TILE),
            outer.packed(),
            loop.address(0),
            loop.address(1),
            rows,
            columns,
            loop.stride(0, column),
            loop.stride(1, row));
  }

  /** The same copy in elements as wide as sizes, strides and addresses allow. */
  private static StridedLoop widened(StridedLoop loop, int bytes) {
    if (loop.stride(0, -1) != 1 || loop.stride(1, -1) != 1) {
      return loop;
    }
    int inner = loop.rank() - 1;
    long common = MAX_BYTES | loop.dims()[inner] * bytes;
    for (StridedLoop.View view : loop.views()) {
      common |= view.address();
      for (int axis = 0; axis < inner; axis++) {
        common |= view.strides()[axis] * bytes;
      }
    }
    int width = (int) Long.lowestOneBit(common);
    int factor = width / bytes;
    if (factor <= 1) {
      return loop;
    }
    long[] dims = loop.dims().clone();
    dims[inner] /= factor;
    List<StridedLoop.View> views =
        loop.views().stream()
            .map(
                view -> {
                  long[] strides = view.strides().clone();
                  for (int axis = 0; axis < inner; axis++) {
                    strides[axis] /= factor;
                  }
                  return new StridedLoop.View(view.address(), width, strides);
                })
            .toList();
    return new StridedLoop(dims, views);
  }

  /** Sets all elements to one value. */
  public void fill(DeviceView out, double value) {
    if (out.size() == 0) {
      return;
    }
    StridedLoop loop = StridedLoop.of(out);
    int bytes = out.dtype().bytes();
    long bits = bits(out.dtype(), value);
    if (loop.isContiguous() && bits == 0) {
      gpu.compute().fill8(out.address(), (byte) 0, loop.size() * bytes);
    } else if (loop.isContiguous() && bytes == Integer.BYTES) {
      gpu.compute().fill32(out.address(), (int) bits, loop.size());
    } else {
      Kernel kernel = gpu.kernels().get(FILE, "fill" + bytes);
      for (StridedLoop part : loop.split()) {
        kernel.launch(
            gpu.compute(),
            ElementwiseKernel.grid(part.size()),
            part.packed(),
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
