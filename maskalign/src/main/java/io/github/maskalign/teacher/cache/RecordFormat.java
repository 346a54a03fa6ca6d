package io.github.maskalign.teacher.cache;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * What is kept of one crop of one picture: a checksum, the importance of each patch (F32), and the
 * levels [K, T, D] one behind the other.
 *
 * @param importance number of patches whose importance is kept; 0 if masks do not ask
 * @param levels K
 * @param tokens T, the class token among them
 * @param width D
 * @param type of the levels
 */
record RecordFormat(int importance, int levels, int tokens, int width, StoredType type) {

  // A hole in a file is all zeros; above the checksum stands what zeros are not.
  private static final long MARK = 0x4d41_534bL << Integer.SIZE;
  private static final int CHECKSUM_BYTES = Long.BYTES;

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

  /** Writes the checksum of a record that is done otherwise. */
  void seal(long number, MemorySegment record) {
    record.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, checksum(number, record));
  }

  /** Whether a record is what was sealed under this number. */
  boolean isWhole(long number, MemorySegment record) {
    return record.get(ValueLayout.JAVA_LONG_UNALIGNED, 0) == checksum(number, record);
  }

  /** Of the number too, so that a record at a wrong place is none. */
  private static long checksum(long number, MemorySegment record) {
    CRC32C crc = new CRC32C();
    crc.update(ByteBuffer.allocate(Long.BYTES).putLong(number).flip());
    crc.update(record.asSlice(CHECKSUM_BYTES).asByteBuffer());
    return MARK | crc.getValue();
  }
}
