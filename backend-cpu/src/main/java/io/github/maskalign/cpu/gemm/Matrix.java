package io.github.maskalign.cpu.gemm;

import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.HostStorage;
import io.github.maskalign.tensor.Layout;
import io.github.maskalign.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/**
 * A matrix within off-heap memory, of any alignment. Offset and strides are in elements; a
 * transposed matrix has its strides exchanged.
 *
 * @param type of its elements
 */
public record Matrix(
    MemorySegment segment, long offset, long rowStride, long columnStride, DType type) {

  /** Stands for an operand that was packed before. */
  public static final Matrix NONE = new Matrix(MemorySegment.NULL, 0, 0, 0);

  /** A matrix of floats. */
  public Matrix(MemorySegment segment, long offset, long rowStride, long columnStride) {
    this(segment, offset, rowStride, columnStride, DType.F32);
  }

  /** A tensor's last two axes. */
  public static Matrix of(Tensor x) {
    return of(x, ((HostStorage) x.storage()).segment());
  }

  /**
   * A tensor's last two axes.
   *
   * @param memory the content of its storage
   */
  static Matrix of(Tensor x, MemorySegment memory) {
    Layout layout = x.layout();
    return new Matrix(memory, layout.offset(), layout.stride(-2), layout.stride(-1), x.dtype());
  }

  /** Byte address of an element. */
  public long at(long row, long column) {
    return type.bytes() * (offset + row * rowStride + column * columnStride);
  }

  /** The matrix of the same layout at another offset. */
  public Matrix withOffset(long newOffset) {
    return new Matrix(segment, newOffset, rowStride, columnStride, type);
  }

  /** The transpose, over the same memory. */
  public Matrix transposed() {
    return new Matrix(segment, offset, columnStride, rowStride, type);
  }
}
