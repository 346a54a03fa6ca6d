package io.github.maskalign.teacher.cache;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * Layout of a record, one crop of one picture: a checksum, the importance of each patch (F32), and
 * the levels [K, T, D].
 *
 * @param importance number of patches whose importance is stored; 0 if masks do not use it
 * @param levels K
 * @param tokens T, the class token among them
 * @param width D
 * @param type of the levels
 */
record RecordFormat(int importance, int levels, int tokens, int width, StoredType type) {

  // A hole in a file reads as zeros, so a nonzero mark precedes the checksum.
  private static final long MARK = 0x4d41_534bL << Integer.SIZE;
  private static final int CHECKSUM_BYTES = Long.BYTES;
  private static final int MAX_COPY = 1 << 16;

  /** Bytes of a record, a multiple of 8. */
  long bytes() {
    return Math.ceilDiv(level(levels), Long.BYTES) * Long.BYTES;
  }

  /** Where the importance starts. */
  long importanceAt() {
    return CHECKSUM_BYTES;
  }

  /** Where a level starts. */
  long level(int index) {
    return CHECKSUM_BYTES + (long) importance * Float.BYTES + index * levelBytes();
  }

  /** Bytes of a level of a picture. */
  long levelBytes() {
    return tokens * tokenBytes();
  }

  /** Bytes of a token of a level. */
  long tokenBytes() {
    return (long) width * type.dtype().bytes();
  }

  /** Writes the checksum of a record that is otherwise complete. */
  void seal(long number, MemorySegment record) {
    record.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, checksum(number, record));
  }

  /** Whether a record is undamaged and has this number. */
  boolean isWhole(long number, MemorySegment record) {
    return record.get(ValueLayout.JAVA_LONG_UNALIGNED, 0) == checksum(number, record);
  }

  /** Covers the number too, so that a record at a wrong position is invalid. */
  private static long checksum(long number, MemorySegment record) {
    CRC32C crc = new CRC32C();
    crc.update(ByteBuffer.allocate(Long.BYTES).putLong(number).flip());
    // By way of the heap: where a mapped file was truncated, the copy raises an error, but a
    // checksum of the mapping itself would crash the JVM.
    byte[] copy = new byte[(int) Math.min(record.byteSize() - CHECKSUM_BYTES, MAX_COPY)];
    for (long at = CHECKSUM_BYTES; at < record.byteSize(); at += copy.length) {
      int length = (int) Math.min(copy.length, record.byteSize() - at);
      MemorySegment.copy(record, ValueLayout.JAVA_BYTE, at, copy, 0, length);
      crc.update(copy, 0, length);
    }
    return MARK | crc.getValue();
  }
}
