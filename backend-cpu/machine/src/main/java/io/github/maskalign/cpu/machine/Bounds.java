package io.github.maskalign.cpu.machine;

import io.github.maskalign.cpu.bf16.Bf16Kernel.Rows;
import java.lang.foreign.MemorySegment;

/** Holds operands against their memory before machine code gets their addresses. */
final class Bounds {

  private Bounds() {}

  /**
   * The part of the memory that begins with the first row and ends with the last.
   *
   * @param operand its name
   * @param count number of rows
   * @param width bytes of a row
   * @param unit bytes of an element
   * @throws IndexOutOfBoundsException if a row is outside the memory
   * @throws IllegalArgumentException if the memory is not native or the rows are not aligned
   */
  static MemorySegment checked(String operand, Rows rows, int count, long width, int unit) {
    MemorySegment memory = rows.memory();
    if (!memory.isNative()) {
      throw new IllegalArgumentException(
          operand + " is on the Java heap; allocate it from an Arena");
    }
    long at = rows.at();
    long stride = rows.stride();
    // No product or sum that could overflow.
    long rest = memory.byteSize() - width - at;
    if (at < 0 || stride < 0 || rest < 0 || count > 1 && stride > rest / (count - 1)) {
      throw new IndexOutOfBoundsException(
          "%s: %d rows of %d bytes from %d on, every %d bytes, are not within its %d bytes"
              .formatted(operand, count, width, at, stride, memory.byteSize()));
    }
    if ((memory.address() + at) % unit != 0 || stride % unit != 0) {
      throw new IllegalArgumentException(
          "%s at address 0x%x, rows every %d bytes; expected multiples of %d"
              .formatted(operand, memory.address() + at, stride, unit));
    }
    long bytes = (count - 1) * stride + width;
    return bytes == memory.byteSize() ? memory : memory.asSlice(at, bytes);
  }
}
