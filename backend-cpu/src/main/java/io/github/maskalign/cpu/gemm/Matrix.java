package io.github.maskalign.cpu.gemm;

import io.github.maskalign.tensor.HostStorage;
import io.github.maskalign.tensor.Layout;
import io.github.maskalign.tensor.Tensor;
import java.lang.foreign.MemorySegment;

/**
 * A matrix of floats within off-heap memory, of any alignment. Offset and strides are in floats; a
 * transposed matrix has its strides exchanged.
 */
public record Matrix(MemorySegment segment, long offset, long rowStride, long columnStride) {

  /** Stands for an operand that was packed before. */
  public static final Matrix NONE = new Matrix(MemorySegment.NULL, 0, 0, 0);

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
    return new Matrix(memory, layout.offset(), layout.stride(-2), layout.stride(-1));
  }

  /** Byte address of an element. */
  public long at(long row, long column) {
    return 4 * (offset + row * rowStride + column * columnStride);
  }

  /** The matrix of the same layout at another offset. */
  public Matrix withOffset(long newOffset) {
    return new Matrix(segment, newOffset, rowStride, columnStride);
  }

  /** The transpose, over the same memory. */
  public Matrix transposed() {
    return new Matrix(segment, offset, columnStride, rowStride);
  }
}
