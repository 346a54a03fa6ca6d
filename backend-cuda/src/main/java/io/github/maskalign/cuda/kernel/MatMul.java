package io.github.maskalign.cuda.kernel;

import io.github.maskalign.cuda.binding.ComputeType;
import io.github.maskalign.cuda.binding.DataType;
import io.github.maskalign.cuda.binding.Gemm;
import io.github.maskalign.cuda.binding.Matrix;
import io.github.maskalign.cuda.runtime.CudaStorage;
import io.github.maskalign.cuda.runtime.DeviceView;
import io.github.maskalign.cuda.runtime.Gpu;
import io.github.maskalign.cuda.runtime.StridedLoop;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Precision;
import io.github.maskalign.tensor.error.DTypeException;
import io.github.maskalign.tensor.error.ShapeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Matrix products of strided views by cuBLAS, which supports contiguous rows or columns and one
 * batch axis; other layouts are copied first. Applies the precision of products.
 */
public final class MatMul {

  private final Gpu gpu;
  private final CopyKernel copy;
  private final Precision precision;

  /** Products on one device. */
  public MatMul(Gpu gpu, CopyKernel copy, Precision precision) {
    this.gpu = gpu;
    this.copy = copy;
    this.precision = precision;
  }

  /** out [.., m, n] = a [.., m, k] b [.., k, n]; leading axes agree; out is contiguous. */
  public void multiply(DeviceView a, DeviceView b, DeviceView out) {
    if (out.size() == 0) {
      return;
    }
    if (a.dim(-1) == 0) {
      copy.fill(out, 0);
      return;
    }
    List<CudaStorage> copies = new ArrayList<>();
    try {
      DeviceView left = operand(a, copies);
      DeviceView right = operand(b, copies);
      if (batch(left, right).rank() > 1) {
        // One operand is broadcast along an axis that the other has.
        left = contiguous(left, left.dtype(), copies);
        right = contiguous(right, right.dtype(), copies);
      }
      multiply(left, right, out, batch(left, right, out));
    } finally {
      copies.forEach(CudaStorage::free);
    }
  }

  private void multiply(DeviceView a, DeviceView b, DeviceView out, StridedLoop batch) {
    long count = batch.dims()[0];
    int m = out.dim(-2);
    int n = out.dim(-1);
    int k = a.dim(-1);
    Matrix left = matrix(a, batch.stride(0, 0));
    Matrix right = matrix(b, batch.stride(1, 0));
    boolean sharedRight = right.stride() == 0 && !left.transposed();
    if (sharedRight
        && left.stride() == (long) m * left.leading()
        && count * m <= Integer.MAX_VALUE) {
      m *= (int) count;
      count = 1;
    }
    if (count > Integer.MAX_VALUE) {
      throw new ShapeException("matmul: a batch of " + count + " exceeds the limit of cuBLAS");
    }
    Gemm gemm =
        Gemm.of(m, n, k, left, right, matrix(out, batch.stride(2, 0)), computeType(out.dtype()));
    gpu.blas().gemm(gemm.batched((int) count));
  }

  private ComputeType computeType(DType dtype) {
    return switch (dtype) {
      case F64 -> ComputeType.F64;
      case F32 ->
          switch (precision) {
            case TF32 -> ComputeType.TF32;
            case F32, BF16 -> ComputeType.F32;
          };
      case F16, BF16, I64, I32, U8 -> throw unsupported(dtype);
    };
  }

  /** A view in a layout that cuBLAS supports, rounded if the precision requires it. */
  private DeviceView operand(DeviceView x, List<CudaStorage> copies) {
    if (precision == Precision.BF16 && x.dtype() == DType.F32) {
      return rounded(x, copies);
    }
    return hasMatrices(x) && batch(x).rank() == 1 ? x : contiguous(x, x.dtype(), copies);
  }

  /** A copy in BF16 with the same broadcast axes and the same contiguous axis. */
  private DeviceView rounded(DeviceView x, List<CudaStorage> copies) {
    boolean columns = !hasRows(x) && hasColumns(x);
    DeviceView rows = columns ? x.transposed() : x;
    DeviceView copy =
        contiguous(rows.withoutBroadcast(), DType.BF16, copies).broadcast(rows.dims());
    return columns ? copy.transposed() : copy;
  }

  /** The leading axes. */
  private static StridedLoop batch(DeviceView... views) {
    return StridedLoop.of(
        Arrays.stream(views)
            .map(
                x ->
                    new DeviceView(
                        x.address(),
                        x.dtype(),
                        Arrays.copyOf(x.dims(), x.rank() - 2),
                        Arrays.copyOf(x.strides(), x.rank() - 2)))
            .toArray(DeviceView[]::new));
  }

  private static boolean hasMatrices(DeviceView x) {
    return hasRows(x) || hasColumns(x);
  }

  private static boolean hasRows(DeviceView x) {
    return isContiguous(x.dim(-1), x.stride(-1)) && isLeading(x.dim(-2), x.stride(-2), x.dim(-1));
  }

  private static boolean hasColumns(DeviceView x) {
    return isContiguous(x.dim(-2), x.stride(-2)) && isLeading(x.dim(-1), x.stride(-1), x.dim(-2));
  }

  private static boolean isContiguous(int dim, long stride) {
    return dim == 1 || stride == 1;
  }

  /** Whether a stride is a valid leading dimension for lines of a length. */
  private static boolean isLeading(int lines, long stride, int length) {
    return lines == 1 || stride >= length && stride <= Integer.MAX_VALUE;
  }

  private static Matrix matrix(DeviceView x, long batchStride) {
    boolean rows = hasRows(x);
    int length = rows ? x.dim(-1) : x.dim(-2);
    boolean single = (rows ? x.dim(-2) : x.dim(-1)) == 1;
    int leading = single ? length : (int) (rows ? x.stride(-2) : x.stride(-1));
    return new Matrix(x.address(), dataType(x.dtype()), leading, batchStride, !rows);
  }

  private static DataType dataType(DType dtype) {
    return switch (dtype) {
      case F64 -> DataType.F64;
      case F32 -> DataType.F32;
      case BF16 -> DataType.BF16;
      case F16, I64, I32, U8 -> throw unsupported(dtype);
    };
  }

  private static DTypeException unsupported(DType dtype) {
    return new DTypeException("matmul: no products of " + dtype);
  }

  private DeviceView contiguous(DeviceView x, DType dtype, List<CudaStorage> copies) {
    CudaStorage storage = gpu.pool().allocate(x.size() * dtype.bytes());
    copies.add(storage);
    DeviceView out = DeviceView.contiguous(storage.address(), dtype, x.dims());
    copy.copy(x, out);
    return out;
  }
}
