package io.github.maskalign.cuda;

import io.github.maskalign.cuda.driver.Compute;
import io.github.maskalign.cuda.driver.Element;
import io.github.maskalign.cuda.driver.Matrix;
import io.github.maskalign.cuda.driver.Product;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Precision;
import io.github.maskalign.tensor.error.ShapeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Products of strided views by cuBLAS. It takes rows or columns that lie in one piece and a batch
 * along one axis; what lies otherwise is copied first. This is where the precision of products
 * counts.
 */
final class MatMul {

  private final Gpu gpu;
  private final CopyKernel copy;
  private final Precision precision;

  MatMul(Gpu gpu, CopyKernel copy, Precision precision) {
    this.gpu = gpu;
    this.copy = copy;
    this.precision = precision;
  }

  /** out [.., m, n] = a [.., m, k] b [.., k, n]; leading axes agree; out is dense. */
  void multiply(DeviceView a, DeviceView b, DeviceView out) {
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
        // One repeats along an axis that the other has.
        left = dense(left, left.dtype(), copies);
        right = dense(right, right.dtype(), copies);
      }
      multiply(left, right, out, batch(left, right, out));
    } finally {
      copies.forEach(CudaStorage::free);
    }
  }

  private void multiply(DeviceView a, DeviceView b, DeviceView out, Walk batch) {
    long count = batch.dims()[0];
    int m = out.dim(-2);
    int n = out.dim(-1);
    int k = a.dim(-1);
    Matrix left = matrix(a, batch.stride(0, 0));
    Matrix right = matrix(b, batch.stride(1, 0));
    boolean oneRight = right.stride() == 0 && !left.transposed();
    if (oneRight && left.stride() == (long) m * left.leading() && count * m <= Integer.MAX_VALUE) {
      m *= (int) count;
      count = 1;
    }
    if (count > Integer.MAX_VALUE) {
      throw new ShapeException("matmul: " + count + " matrices are more than cuBLAS counts");
    }
    Product product =
        Product.of(m, n, k, left, right, matrix(out, batch.stride(2, 0)), compute(out.dtype()));
    gpu.blas().multiply(product.batched((int) count));
  }

  private Compute compute(DType dtype) {
    if (dtype == DType.F64) {
      return Compute.F64;
    }
    return precision == Precision.TF32 ? Compute.TF32 : Compute.F32;
  }

  /** A view as cuBLAS takes it, rounded if products are to be. */
  private DeviceView operand(DeviceView x, List<CudaStorage> copies) {
    if (precision == Precision.BF16 && x.dtype() == DType.F32) {
      return rounded(x, copies);
    }
    return hasMatrices(x) && batch(x).rank() == 1 ? x : dense(x, x.dtype(), copies);
  }

  /**
   * A copy in BF16 in which what repeats still does, and columns are still what lies in a piece.
   */
  private DeviceView rounded(DeviceView x, List<CudaStorage> copies) {
    boolean columns = !hasRows(x) && hasColumns(x);
    DeviceView rows = columns ? x.transposed() : x;
    DeviceView copy = dense(rows.withoutRepeats(), DType.BF16, copies).repeated(rows.dims());
    return columns ? copy.transposed() : copy;
  }

  /** The leading axes. */
  private static Walk batch(DeviceView... views) {
    return Walk.of(
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
    return isPiece(x.dim(-1), x.stride(-1)) && isLeading(x.dim(-2), x.stride(-2), x.dim(-1));
  }

  private static boolean hasColumns(DeviceView x) {
    return isPiece(x.dim(-2), x.stride(-2)) && isLeading(x.dim(-1), x.stride(-1), x.dim(-2));
  }

  private static boolean isPiece(int dim, long stride) {
    return dim == 1 || stride == 1;
  }

  /** Whether lines of a length may follow each other at this distance. */
  private static boolean isLeading(int lines, long stride, int length) {
    return lines == 1 || stride >= length && stride <= Integer.MAX_VALUE;
  }

  private static Matrix matrix(DeviceView x, long batchStride) {
    Element element =
        switch (x.dtype()) {
          case F64 -> Element.F64;
          case BF16 -> Element.BF16;
          default -> Element.F32;
        };
    boolean rows = hasRows(x);
    int line = rows ? x.dim(-1) : x.dim(-2);
    boolean one = (rows ? x.dim(-2) : x.dim(-1)) == 1;
    int leading = one ? line : (int) (rows ? x.stride(-2) : x.stride(-1));
    return new Matrix(x.address(), element, leading, batchStride, !rows);
  }

  private DeviceView dense(DeviceView x, DType dtype, List<CudaStorage> copies) {
    CudaStorage storage = gpu.pool().allocate(x.size() * dtype.bytes());
    copies.add(storage);
    DeviceView dense = DeviceView.dense(storage.address(), dtype, x.dims());
    copy.copy(x, dense);
    return dense;
  }
}
