package io.github.maskalign.cuda.runtime;

import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Layout;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;

/**
 * A strided view of device memory: a tensor, or scratch memory.
 *
 * @param address of the element at index zero
 * @param strides elements from one index of an axis to the next
 */
public record DeviceView(long address, DType dtype, int[] dims, long[] strides) {

  /** The memory of a tensor. */
  public static DeviceView of(Tensor x) {
    return of(KernelArguments.address(x), x.dtype(), x.layout());
  }

  /** Contiguous memory in row-major order. */
  public static DeviceView contiguous(long address, DType dtype, int... dims) {
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

  /** Number of elements. */
  public long size() {
    long size = 1;
    for (int dim : dims) {
      size *= dim;
    }
    return size;
  }

  /** Number of axes. */
  public int rank() {
    return dims.length;
  }

  /** Size of an axis; negative axes count from the end. */
  public int dim(int axis) {
    return dims[axis < 0 ? dims.length + axis : axis];
  }

  /** Stride of an axis; negative axes count from the end. */
  public long stride(int axis) {
    return strides[axis < 0 ? dims.length + axis : axis];
  }

  /** This view with the last two axes exchanged. */
  public DeviceView transposed() {
    int[] newDims = dims.clone();
    long[] newStrides = strides.clone();
    int last = rank() - 1;
    newDims[last] = dims[last - 1];
    newDims[last - 1] = dims[last];
    newStrides[last] = strides[last - 1];
    newStrides[last - 1] = strides[last];
    return new DeviceView(address, dtype, newDims, newStrides);
  }

  /** The distinct matrices of a batch: leading axes of stride 0 get size 1. */
  public DeviceView withoutBroadcast() {
    int[] newDims = dims.clone();
    for (int axis = 0; axis < rank() - 2; axis++) {
      newDims[axis] = strides[axis] == 0 ? Math.min(1, dims[axis]) : dims[axis];
    }
    return new DeviceView(address, dtype, newDims, strides);
  }

  /** This view with axes of size 1 broadcast to the given sizes. */
  public DeviceView broadcast(int... newDims) {
    long[] newStrides = strides.clone();
    for (int axis = 0; axis < rank(); axis++) {
      newStrides[axis] = newDims[axis] == dims[axis] ? strides[axis] : 0;
    }
    return new DeviceView(address, dtype, newDims, newStrides);
  }
}
