package io.github.maskalign.vit.weights.pth;

import io.github.maskalign.tensor.safetensors.SafeDType;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * A tensor of the file: a strided view of a storage, which several tensors may share.
 *
 * @param storage with the elements
 * @param dtype of the elements
 * @param offset of the first element, in elements
 * @param dims axis sizes
 * @param strides in elements, one per axis
 * @since 0.1.0
 */
public record PthTensor(
    PthStorage storage, SafeDType dtype, long offset, List<Long> dims, List<Long> strides)
    implements PyValue {

  /** Copies the lists. */
  public PthTensor {
    dims = List.copyOf(dims);
    strides = List.copyOf(strides);
  }

  /** Number of elements. */
  long elements() {
    return dims.stream().reduce(1L, Math::multiplyExact);
  }

  /** Whether the elements are row-major without gaps. */
  boolean isContiguous() {
    long expected = 1;
    for (int axis = dims.size() - 1; axis >= 0; axis--) {
      if (dims.get(axis) != 1 && strides.get(axis) != expected) {
        return false;
      }
      expected *= dims.get(axis);
    }
    return true;
  }

  /** Copies the elements from their storage, row-major. */
  void copy(MemorySegment bytes, MemorySegment target) {
    int width = dtype.bytes();
    long[] index = new long[dims.size()];
    long from = offset;
    for (long to = 0; to < target.byteSize(); to += width) {
      MemorySegment.copy(bytes, from * width, target, to, width);
      for (int axis = index.length - 1; axis >= 0; axis--) {
        long stride = strides.get(axis);
        from += stride;
        if (++index[axis] < dims.get(axis)) {
          break;
        }
        from -= stride * index[axis];
        index[axis] = 0;
      }
    }
  }
}
