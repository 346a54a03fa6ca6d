package io.github.maskalign.cpu;

import java.lang.foreign.MemorySegment;

/**
 * A matrix of floats within off-heap memory, of any alignment. Offset and strides are in floats; a
 * transposed matrix has its strides exchanged.
 */
record GemmOperand(MemorySegment segment, long offset, long rowStride, long columnStride) {

  /** Stands for an operand that was packed before. */
  static final GemmOperand NONE = new GemmOperand(MemorySegment.NULL, 0, 0, 0);

  /** The place of an element, in bytes. */
  long at(long row, long column) {
    return 4 * (offset + row * rowStride + column * columnStride);
  }

  GemmOperand withOffset(long newOffset) {
    return new GemmOperand(segment, newOffset, rowStride, columnStride);
  }

  GemmOperand transposed() {
    return new GemmOperand(segment, offset, columnStride, rowStride);
  }
}
