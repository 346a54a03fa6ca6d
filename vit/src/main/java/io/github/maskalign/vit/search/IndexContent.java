package io.github.maskalign.vit.search;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.embed.CosineSimilarity;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;

/**
 * The vectors and names of a mapped index file. Header and names are verified at once, each block
 * of vectors on its first use, so that opening a large index takes no time. Thread-safe.
 */
final class IndexContent {

  private static final int COPY_BYTES = 1 << 16;

  /** Of the squared length of a vector, far above what rounding of its values leaves. */
  private static final double TOLERANCE = 1e-3;

  private final String path;
  private final MemorySegment file;
  private final IndexHeader head;

  /** Written without synchronization: a block that two threads verify has the same result. */
  private final boolean[] verified;

  /**
   * Reads the header and verifies it and the names.
   *
   * @param path for messages
   * @throws FormatException if the file is not an index, or is truncated or damaged
   */
  IndexContent(String path, MemorySegment file) {
    this.path = path;
    this.file = file;
    this.head = IndexHeader.read(file, path);
    this.verified = new boolean[head.blocks()];
    if (head.hasChecksums()) {
      CRC32C crc = new CRC32C();
      add(crc, 0, IndexHeader.BYTES);
      add(crc, head.blockChecksumAt(0), head.headChecksumAt());
      require(crc, head.headChecksumAt(), "the header");
      crc.reset();
      add(crc, head.nameEndAt(0), head.blockChecksumAt(0));
      require(crc, head.nameChecksumAt(), "the list of names");
    }
    requireNames();
  }

  IndexHeader head() {
    return head;
  }

  private void requireNames() {
    long before = 0;
    for (long row = 0; row < head.count(); row++) {
      long end = file.get(IndexHeader.LONG, head.nameEndAt(row));
      if (end < before || end > head.nameBytes() || end - before > IndexHeader.MAX_NAME_BYTES) {
        throw damaged("the name of vector " + row);
      }
      before = end;
    }
    if (before != head.nameBytes()) {
      throw damaged("the name of vector " + head.count());
    }
  }

  /** The name of a vector. */
  String name(int row) {
    long start = row == 0 ? 0 : file.get(IndexHeader.LONG, head.nameEndAt(row - 1));
    long end = file.get(IndexHeader.LONG, head.nameEndAt(row));
    byte[] bytes = file.asSlice(head.namesAt() + start, end - start).toArray(ValueLayout.JAVA_BYTE);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  /**
   * Verifies the block of a row, unless it has been verified before.
   *
   * @throws FormatException if the block is damaged
   */
  void verify(int row) {
    int block = row / IndexHeader.BLOCK_ROWS;
    if (!verified[block]) {
      verifyBlock(block);
      verified[block] = true;
    }
  }

  /** Reads a vector [D] of a verified block. */
  void read(int row, float[] vector) {
    MemorySegment.copy(file, IndexHeader.FLOAT, head.vectorAt(row), vector, 0, vector.length);
  }

  private void verifyBlock(int block) {
    long from = (long) block * IndexHeader.BLOCK_ROWS;
    long to = Math.min(from + IndexHeader.BLOCK_ROWS, head.count());
    if (head.hasChecksums()) {
      CRC32C crc = new CRC32C();
      add(crc, head.vectorAt(from), head.vectorAt(to));
      require(
          crc, head.blockChecksumAt(block), "one of the vectors %d to %d".formatted(from, to - 1));
    }
    float[] vector = new float[head.width()];
    for (long row = from; row < to; row++) {
      read((int) row, vector);
      double square = CosineSimilarity.dot(vector, vector);
      // Also false for NaN.
      if (!(Math.abs(square - 1) < TOLERANCE || square == 0)) {
        throw damaged("vector %d, of length %.3g instead of 1,".formatted(row, Math.sqrt(square)));
      }
    }
  }

  /**
   * Adds bytes to a checksum, by way of the heap: where the file was truncated, the copy raises an
   * error, but a checksum of the mapping itself would crash the JVM.
   */
  private void add(CRC32C crc, long from, long to) {
    byte[] copy = new byte[(int) Math.min(to - from, COPY_BYTES)];
    for (long at = from; at < to; at += copy.length) {
      int length = (int) Math.min(copy.length, to - at);
      MemorySegment.copy(file, ValueLayout.JAVA_BYTE, at, copy, 0, length);
      crc.update(copy, 0, length);
    }
  }

  private void require(CRC32C crc, long at, String part) {
    if ((int) crc.getValue() != file.get(IndexHeader.INT, at)) {
      throw damaged(part);
    }
  }

  private FormatException damaged(String part) {
    return new FormatException(path + ": " + part + " is damaged; create the index again");
  }
}
