package io.github.maskalign.vit.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.random.Philox;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
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

/** Whatever bytes a file holds, opening it tells what is wrong, or what it holds can be read. */
class DamagedIndexTest {

  private static final int COUNT = 4;
  private static final int WIDTH = 3;

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
        .putLong(IndexHead.BYTES + COUNT * WIDTH * Float.BYTES, nameEnd);
    return changed;
  }

  @Test
  void aCountThatOverflowsIsRefused() throws IOException {
    // 2^62 vectors of 4 times 3 bytes and a name's end are no bytes at all, modulo 2^64.
    byte[] changed = with(WIDTH, 1L << 62, whole.length - IndexHead.BYTES, 0);
    assertThrows(FormatException.class, () -> openAndUse(changed));
  }

  @Test
  void whatIsNotANumberIsNeverFound() throws IOException {
    byte[] changed = whole.clone();
    ByteBuffer.wrap(changed)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putFloat(IndexHead.BYTES + WIDTH * Float.BYTES, Float.NaN);
    Files.write(file, changed);
    try (VectorIndex index = VectorIndex.open(file)) {
      List<Integer> rows =
          index.search(new float[] {1, 1, 1}, 10).stream().map(Match::row).sorted().toList();
      assertEquals(List.of(0, 2, 3), rows);
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
