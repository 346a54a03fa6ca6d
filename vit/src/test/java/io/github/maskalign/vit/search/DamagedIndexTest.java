package io.github.maskalign.vit.search;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.search.VectorIndex.Match;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** For any bytes in a file, opening it reports an error, or its content is readable. */
class DamagedIndexTest {

  private static final int COUNT = 4;
  private static final int WIDTH = 3;

  /** Of one block of vectors, of the names, and of the header. */
  private static final int CHECKSUM_BYTES = 3 * Integer.BYTES;

  private static Path file;
  private static byte[] whole;

  @BeforeAll
  @BeforeContainer
  static void write() throws IOException {
    file = Files.createTempFile("damaged", ".index");
    whole = Files.readAllBytes(VectorIndexTest.write(file, COUNT, WIDTH, 5));
  }

  @AfterAll
  @AfterContainer
  static void remove() throws IOException {
    Files.deleteIfExists(file);
  }

  private static void openAndUse(byte[] bytes) throws IOException {
    Files.write(file, bytes);
    try (VectorIndex index = VectorIndex.open(file)) {
      float[] query = new float[index.width()];
      query[0] = 1;
      List<Match> found = index.search(query, 10);
      assertTrue(found.size() <= index.size());
      for (int row = 0; row < index.size(); row++) {
        index.name(row);
        index.vector(row);
      }
    }
  }

  private static void useUnlessRefused(byte[] bytes) throws IOException {
    try {
      openAndUse(bytes);
    } catch (FormatException e) {
      assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
    }
  }

  @Test
  void everyCutIsRefused() throws IOException {
    for (int length = 0; length < whole.length; length++) {
      byte[] cut = Arrays.copyOf(whole, length);
      assertThrows(FormatException.class, () -> openAndUse(cut), "cut to " + length);
    }
    openAndUse(whole);
  }

  @Property(tries = 500)
  void changedBytesAreRefusedOrHarmless(
      @ForAll @IntRange(min = 1, max = 20) int changes, @ForAll long seed) throws IOException {
    byte[] changed = whole.clone();
    Philox random = Philox.of(seed);
    for (int i = 0; i < changes; i++) {
      changed[random.below(2 * i, changed.length)] = (byte) random.bits(2 * i + 1);
    }
    useUnlessRefused(changed);
  }

  @Property(tries = 500)
  void anyHeadIsRefusedOrHarmless(
      @ForAll int width, @ForAll long count, @ForAll long nameBytes, @ForAll long nameEnd)
      throws IOException {
    useUnlessRefused(with(width, count, nameBytes, nameEnd));
    useUnlessRefused(with(WIDTH, COUNT, whole.length, nameEnd));
    useUnlessRefused(with(WIDTH, count, nameBytes, nameEnd));
  }

  private static byte[] with(int width, long count, long nameBytes, long nameEnd) {
    byte[] changed = whole.clone();
    ByteBuffer.wrap(changed)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(12, width)
        .putLong(16, count)
        .putLong(24, nameBytes)
        .putLong(IndexHeader.BYTES + COUNT * WIDTH * Float.BYTES, nameEnd);
    return changed;
  }

  @Test
  void aCountThatOverflowsIsRefused() throws IOException {
    // 2^62 vectors of 4 times 3 bytes and a name's end are no bytes at all, modulo 2^64.
    byte[] changed = with(WIDTH, 1L << 62, whole.length - IndexHeader.BYTES, 0);
    assertThrows(FormatException.class, () -> openAndUse(changed));
  }

  /** The index as versions without checksums wrote it. */
  private static byte[] withoutChecksums() {
    byte[] old = Arrays.copyOf(whole, whole.length - CHECKSUM_BYTES);
    old[8] = 1;
    return old;
  }

  @Test
  void anIndexWithoutChecksumsStillOpens() throws IOException {
    openAndUse(withoutChecksums());
    try (VectorIndex index = VectorIndex.open(file)) {
      assertFalse(index.hasChecksums());
    }
    openAndUse(whole);
    try (VectorIndex index = VectorIndex.open(file)) {
      assertTrue(index.hasChecksums());
    }
  }

  @Test
  void everyFlippedBitIsRefused() throws IOException {
    for (int bit = 0; bit < 8 * whole.length; bit++) {
      byte[] changed = whole.clone();
      changed[bit / 8] ^= (byte) (1 << bit % 8);
      assertThrows(FormatException.class, () -> openAndUse(changed), "bit " + bit);
    }
  }

  @Test
  void aVectorWithoutUnitLengthIsRefused() throws IOException {
    for (float value : new float[] {Float.NaN, Float.POSITIVE_INFINITY, 1e30f, 1.1f}) {
      byte[] changed = withoutChecksums();
      ByteBuffer.wrap(changed)
          .order(ByteOrder.LITTLE_ENDIAN)
          .putFloat(IndexHeader.BYTES + WIDTH * Float.BYTES, value);
      String message = assertThrows(FormatException.class, () -> openAndUse(changed)).getMessage();
      assertTrue(message.startsWith(file + ": vector 1, of length "), message);
    }
  }

  @Test
  void aFileCutWhileOpenIsNamed() throws IOException {
    Files.write(file, whole);
    try (VectorIndex index = VectorIndex.open(file);
        FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.truncate(100);
      String message =
          assertThrows(FormatException.class, () -> index.search(new float[WIDTH], 1)).getMessage();
      assertTrue(message.startsWith(file + " was truncated while in use, from "), message);
    }
  }

  @Test
  void anotherVersionIsNamed() throws IOException {
    byte[] changed = whole.clone();
    changed[8] = 9;
    FormatException e = assertThrows(FormatException.class, () -> openAndUse(changed));
    assertTrue(e.getMessage().contains("version 9"), e.getMessage());
  }
}
