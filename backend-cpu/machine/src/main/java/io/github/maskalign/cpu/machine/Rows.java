package io.github.maskalign.cpu.machine;

import java.lang.foreign.MemorySegment;

/**
 * Rows of bytes at equal distances in a segment: an operand, checked before machine code gets its
 * address.
 *
 * @param at where the first row begins
 * @param stride from row to row
 * @param width of a row
 */
record Rows(String operand, MemorySegment segment, long at, long stride, int count, long width) {

  /**
   * The part of the segment that begins with the first row and ends with the last.
   *
   * @param unit bytes of an element
   * @throws IndexOutOfBoundsException if a row is outside the segment
   * @throws IllegalArgumentException if the segment is not native or the rows are not aligned
   */
  MemorySegment checked(int unit) {
    if (!segment.isNative()) {
      throw new IllegalArgumentException(
          operand + " is on the Java heap; allocate it from an Arena");
    }
    // No product or sum that could overflow.
    long rest = segment.byteSize() - width - at;
    if (at < 0 || stride < 0 || rest < 0 || count > 1 && stride > rest / (count - 1)) {
      throw new IndexOutOfBoundsException(
          "%s: %d rows of %d bytes from %d on, every %d bytes, are not within its %d bytes"
              .formatted(operand, count, width, at, stride, segment.byteSize()));
    }
    if ((segment.address() + at) % unit != 0 || stride % unit != 0) {
      throw new IllegalArgumentException(
          "%s at address 0x%x, rows every %d bytes; expected multiples of %d"
              .formatted(operand, segment.address() + at, stride, unit));
    }
    return segment.asSlice(at, (count - 1) * stride + width);
  }
}
