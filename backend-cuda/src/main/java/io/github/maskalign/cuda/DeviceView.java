package io.github.maskalign.cuda;

import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Layout;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;

/**
 * Elements on the device: those of a tensor, or of scratch memory that no tensor has.
 *
 * @param address of the element at index zero
 * @param strides elements from one index of an axis to the next
 */
record DeviceView(long address, DType dtype, int[] dims, long[] strides) {

  static DeviceView of(Tensor x) {
    return of(Operands.address(x), x.dtype(), x.layout());
  }

  /** Row-major without gaps. */
  static DeviceView dense(long address, DType dtype, int... dims) {
    return of(address, dtype, Layout.contiguous(Shape.of(dims)));
  }

  private static DeviceView of(long address, DType dtype, Layout layout) {
    int[] dims = layout.shape().dims();
    long[] strides = new long[dims.length];
    for (int axis = 0; axis < dims.length; axis++) {
      strides[axis] = layout.stride(axis);
    }
    return new DeviceView(address, dtype, dims, strides);
  }

  long size() {
    long size = 1;
    for (int dim : dims) {
      size *= dim;
    }
    return size;
  }

  int rank() {
    return dims.length;
  }

  /** Size of an axis; negative axes count from the end. */
  int dim(int axis) {
    return dims[axis < 0 ? dims.length + axis : axis];
  }

  /** Stride of an axis; negative axes count from the end. */
  long stride(int axis) {
    return strides[axis < 0 ? dims.length + axis : axis];
  }

  /** The last two axes exchanged. */
  DeviceView transposed() {
    int[] newDims = dims.clone();
    long[] newStrides = strides.clone();
    int last = rank() - 1;
    newDims[last] = dims[last - 1];
    newDims[last - 1] = dims[last];
    newStrides[last] = strides[last - 1];
    newStrides[last - 1] = strides[last];
    return new DeviceView(address, dtype, newDims, newStrides);
  }

  /** One matrix, made of the last two axes, of each kind: leading axes of stride 0 get size 1. */
  DeviceView withoutRepeats() {
    int[] newDims = dims.clone();
    for (int axis = 0; axis < rank() - 2; axis++) {
      newDims[axis] = strides[axis] == 0 ? Math.min(1, dims[axis]) : dims[axis];
    }
    return new DeviceView(address, dtype, newDims, strides);
  }

  /** Axes of size 1 repeated to other sizes. */
  DeviceView repeated(int... newDims) {
    long[] newStrides = strides.clone();
    for (int axis = 0; axis < rank(); axis++) {
      newStrides[axis] = newDims[axis] == dims[axis] ? strides[axis] : 0;
    }
    return new DeviceView(address, dtype, newDims, newStrides);
  }

  /** A vector repeated as every row of a matrix. */
  DeviceView inRowsOf(DeviceView matrix) {
    return new DeviceView(address, dtype, matrix.dims, new long[] {0, strides[0]});
  }
}
