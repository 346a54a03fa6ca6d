package io.github.maskalign.vit.weights.pth;

import java.lang.foreign.MemorySegment;

/** Copies a strided view, element by element in row-major order. */
final class Gather {

  private Gather() {}

  static void copy(PthTensor tensor, MemorySegment storage, MemorySegment target) {
    int rank = tensor.dims().size();
    int width = tensor.dtype().bytes();
    long[] index = new long[rank];
    long from = tensor.offset();
    for (long to = 0; to < target.byteSize(); to += width) {
      MemorySegment.copy(storage, from * width, target, to, width);
      for (int axis = rank - 1; axis >= 0; axis--) {
        long stride = tensor.strides().get(axis);
        from += stride;
        if (++index[axis] < tensor.dims().get(axis)) {
          break;
        }
        from -= stride * index[axis];
        index[axis] = 0;
      }
    }
  }
}
