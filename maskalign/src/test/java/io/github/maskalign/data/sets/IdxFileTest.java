package io.github.maskalign.data.sets;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.random.Philox;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IdxFileTest {

  private static byte[] idx(int type, byte[] values, int... dims) {
    ByteBuffer bytes = ByteBuffer.allocate(4 + 4 * dims.length + values.length);
    bytes.put(new byte[] {0, 0, (byte) type, (byte) dims.length});
    for (int dim : dims) {
      bytes.putInt(dim);
    }
    return bytes.put(values).array();
  }

  private static byte[] good() {
    return idx(8, new byte[] {1, 2, 3, 4, 5, -1}, 2, 3);
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(packed)) {
      out.write(bytes);
    }
    return packed.toByteArray();
  }

  private static IdxFile read(byte[] bytes) throws IOException {
    return IdxFile.read(new ByteArrayInputStream(bytes), bytes.length, "test.idx");
  }

  private static String refusal(byte[] bytes) {
    String message = assertThrows(FormatException.class, () -> read(bytes)).getMessage();
    assertTrue(message.startsWith("test.idx: "), message);
    return message;
  }

  @Test
  void readsPlainAndGzip() throws IOException {
    for (byte[] bytes : new byte[][] {good(), gzip(good())}) {
      IdxFile file = read(bytes);
      assertEquals(Shape.of(2, 3), file.shape());
      assertArrayEquals(new byte[] {1, 2, 3, 4, 5, -1}, file.values());
    }
  }

  @Test
  void readsEmptyAxes() throws IOException {
    assertEquals(Shape.of(0, 28, 28), read(idx(8, new byte[0], 0, 28, 28)).shape());
  }

  @Test
  void refusesEveryTruncation() throws IOException {
    byte[] packed = gzip(good());
    for (int length = 0; length < good().length; length++) {
      refusal(Arrays.copyOf(good(), length));
    }
    for (int length = 0; length < packed.length; length++) {
      refusal(Arrays.copyOf(packed, length));
    }
  }

  @Test
  void refusesWhatIsNotTheFormat() {
    assertTrue(refusal("<html>".getBytes()).contains("not an IDX file"));
    assertTrue(refusal(idx(0x0d, new byte[8], 2)).contains("0x0d"));
    assertTrue(refusal(idx(8, new byte[0])).contains("0 axes"));
    assertTrue(refusal(idx(8, new byte[1], 1, 1, 1, 1, 1)).contains("5 axes"));
    assertTrue(refusal(idx(8, new byte[7], 2, 3)).contains("more bytes"));
  }

  @Test
  void promisesAreNotAllocated() {
    assertTrue(
        refusal(idx(8, new byte[5], 2_000_000_000))
            .contains("too short for the 2,000,000,000 bytes"));
    assertTrue(refusal(idx(8, new byte[5], 1 << 16, 1 << 16)).contains("2 GiB"));
    assertTrue(refusal(idx(8, new byte[5], 1 << 30, 1 << 30, 1 << 30, 4)).contains("2 GiB"));
    assertTrue(refusal(idx(8, new byte[5], -2)).contains("4294967294"));
  }

  @Test
  void damagedGzipIsSeen() throws IOException {
    byte[] packed = gzip(good());
    packed[packed.length - 7] ^= 1;
    assertTrue(refusal(packed).contains("gzip"));
  }

  @Test
  void aMissingFileIsNamed(@TempDir Path folder) {
    Path path = folder.resolve("absent.idx");
    assertTrue(
        assertThrows(UncheckedIOException.class, () -> IdxFile.read(path))
            .getMessage()
            .contains("absent.idx"));
  }

  @Property(tries = 2000)
  void anyDamageIsReadOrRefused(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 6) int changes, @ForAll boolean packed)
      throws IOException {
    byte[] bytes = packed ? gzip(good()) : good();
    Philox draws = Philox.of(seed);
    for (int i = 0; i < changes; i++) {
      bytes[draws.below(2 * i, bytes.length)] = (byte) draws.bits(4 * i + 2);
    }
    try {
      IdxFile file = read(bytes);
      assertEquals(file.shape().size(), file.values().length);
    } catch (FormatException e) {
      assertTrue(e.getMessage().startsWith("test.idx: "), e.getMessage());
    }
  }
}
