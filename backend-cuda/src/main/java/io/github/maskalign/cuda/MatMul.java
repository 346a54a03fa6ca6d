package io.github.maskalign.cuda;

import io.github.maskalign.cuda.driver.Compute;
import io.github.maskalign.cuda.driver.Element;
import io.github.maskalign.cuda.driver.Matrix;
import io.github.maskalign.cuda.driver.Product;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.ShapeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Products of strided views by cuBLAS. It takes rows or columns that lie in one piece and a batch
 * along one axis; what lies otherwise is copied first.
 */
final class MatMul {

  private final Gpu gpu;
  private final CopyKernel copy;

  MatMul(Gpu gpu, CopyKernel copy) {
    this.gpu = gpu;
    this.copy = copy;
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
      DeviceView left = hasMatrices(a) && batch(a).rank() == 1 ? a : dense(a, copies);
      DeviceView right = hasMatrices(b) && batch(b).rank() == 1 ? b : dense(b, copies);
      if (batch(left, right).rank() > 1) {
        // One repeats along an axis that the other has.
        left = dense(left, copies);
        right = dense(right, copies);
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
    boolean wide = out.dtype() == DType.F64;
    gpu.blas()
        .multiply(
            Product.of(
                    m,
                    n,
                    k,
                    left,
                    right,
                    matrix(out, batch.stride(2, 0)),
                    wide ? Compute.F64 : Compute.F32)
                .batched((int) count));
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
    Element element = x.dtype() == DType.F64 ? Element.F64 : Element.F32;
    boolean rows = hasRows(x);
    int line = rows ? x.dim(-1) : x.dim(-2);
    boolean one = (rows ? x.dim(-2) : x.dim(-1)) == 1;
    int leading = one ? line : (int) (rows ? x.stride(-2) : x.stride(-1));
    return new Matrix(x.address(), element, leading, batchStride, !rows);
  }

  private DeviceView dense(DeviceView x, List<CudaStorage> copies) {
    CudaStorage storage = gpu.pool().allocate(x.size() * x.dtype().bytes());
    copies.add(storage);
    DeviceView dense = DeviceView.dense(storage.address(), x.dtype(), x.dims());
    copy.copy(x, dense);
    return dense;
  }
}
