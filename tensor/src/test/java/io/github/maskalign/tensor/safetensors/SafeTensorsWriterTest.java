package io.github.maskalign.tensor.safetensors;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.io.AtomicFile;
import io.github.maskalign.tensor.random.Philox;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafeTensorsWriterTest {

  @TempDir Path directory;

  @Test
  void writesTheBytesOfTheFormat() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new SafeTensorsWriter()
        .metadata("format", "pt")
        .add("b", SafeDType.U8, Shape.of(3), bytes(7, 8, 9))
        .add("a", Shape.of(1, 1), new float[] {1f})
        .writeTo(new SlowChannel(out, Integer.MAX_VALUE));
    String header =
        "{\"__metadata__\":{\"format\":\"pt\"},"
            + "\"a\":{\"dtype\":\"F32\",\"shape\":[1,1],\"data_offsets\":[0,4]},"
            + "\"b\":{\"dtype\":\"U8\",\"shape\":[3],\"data_offsets\":[4,7]}}";
    header += " ".repeat((8 - header.length() % 8) % 8);
    byte[] expected = SafeTensorsBytes.file(header, 7);
    ByteBuffer.wrap(expected)
        .position(expected.length - 7)
        .put(new byte[] {0, 0, (byte) 0x80, 0x3f, 7, 8, 9});
    assertArrayEquals(expected, out.toByteArray());
  }

  @Test
  void readsBackWhatItWrote() {
    Path path = directory.resolve("model.safetensors");
    float[] weights = new float[1_000_003]; // beyond one buffer, and not a multiple of it
    Philox.of(1).fillNormal(weights, 0);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment ids = arena.allocate(16);
      ids.fill((byte) 5);
      new SafeTensorsWriter()
          .metadata("licence", "MIT")
          .metadata("a \"quoted\" kéy", "line\nbreak \uD83D\uDE00")
          .add("flags", SafeDType.BOOL, Shape.of(3), bytes(1, 0, 1))
          .add("weights", Shape.of(1_000_003), weights)
          .add("ids", SafeDType.I64, Shape.of(2, 1), ids)
          .add("none", SafeDType.F64, Shape.of(0, 4), bytes())
          .add("\"ünïcode\"\\", SafeDType.F8_E4M3, Shape.of(), bytes(9))
          .write(path);
    }
    try (SafeTensorsFile file = SafeTensorsFile.open(path)) {
      assertEquals(
          Set.of("none", "ids", "weights", "\"ünïcode\"\\", "flags"), Set.copyOf(file.names()));
      assertEquals(
          Map.of("licence", "MIT", "a \"quoted\" kéy", "line\nbreak \uD83D\uDE00"),
          file.metadata());
      assertArrayEquals(weights, file.floats("weights"));
      assertEquals(-1, file.segment("flags").mismatch(bytes(1, 0, 1)));
      assertEquals(
          -1, file.segment("ids").mismatch(bytes(5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5)));
      assertEquals(Shape.of(2, 1), file.entry("ids").shape());
      assertEquals(Shape.of(0, 4), file.entry("none").shape());
      for (String name : file.names()) {
        SafeTensorsFile.Entry entry = file.entry(name);
        assertEquals(0, entry.offset() % entry.dtype().bytes(), name);
        if (entry.bytes() > 0) {
          assertEquals(0, file.segment(name).address() % entry.dtype().bytes(), name);
        }
      }
    }
  }

  /** The same content gives the same bytes, in any order and for any channel. */
  @Property(tries = 100)
  void bytesDependOnTheContentOnly(
      @ForAll long seed,
      @ForAll @Size(max = 8) Map<String, @IntRange(max = 9) Integer> sizes,
      @ForAll @IntRange(min = 1, max = 50) int step)
      throws IOException {
    Map<String, Integer> valid = new TreeMap<>(sizes);
    valid.keySet().removeIf(name -> !Header.isText(name));
    List<String> names = List.copyOf(valid.keySet());
    int[] order = Philox.of(seed).permutation(names.size());
    SafeTensorsWriter sorted = new SafeTensorsWriter();
    SafeTensorsWriter shuffled = new SafeTensorsWriter();
    for (int i = 0; i < order.length; i++) {
      add(sorted, names.get(i), valid.get(names.get(i)));
      add(shuffled, names.get(order[i]), valid.get(names.get(order[i])));
    }
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    ByteArrayOutputStream trickle = new ByteArrayOutputStream();
    sorted.writeTo(new SlowChannel(whole, Integer.MAX_VALUE));
    shuffled.writeTo(new SlowChannel(trickle, step));
    assertArrayEquals(whole.toByteArray(), trickle.toByteArray());
    Header header =
        HeaderReader.read(Path.of("memory"), MemorySegment.ofArray(whole.toByteArray()));
    assertEquals(0, header.dataStart() % 8);
    assertEquals(
        names, header.entries().stream().map(SafeTensorsFile.Entry::name).sorted().toList());
  }

  private static void add(SafeTensorsWriter writer, String name, int size) {
    SafeDType dtype = SafeDType.values()[size];
    writer.metadata(name, "of " + size);
    writer.add(name, dtype, Shape.of(size), MemorySegment.ofArray(new byte[size * dtype.bytes()]));
  }

  @Test
  void whatCannotBeStoredIsRefused() {
    SafeTensorsWriter writer = new SafeTensorsWriter().add("a", Shape.of(1), new float[1]);
    float[] two = new float[2];
    assertThrows(FormatException.class, () -> writer.add("a", Shape.of(2), two));
    assertThrows(FormatException.class, () -> writer.add("__metadata__", Shape.of(2), two));
    assertThrows(FormatException.class, () -> writer.add("\ud800", Shape.of(2), two));
    assertThrows(FormatException.class, () -> writer.metadata("k", "\udc00"));
    assertThrows(ShapeException.class, () -> writer.add("b", Shape.of(3), two));
    assertThrows(
        ShapeException.class, () -> writer.add("c", SafeDType.F32, Shape.of(1), bytes(1, 2, 3)));
    assertThrows(
        ShapeException.class,
        () -> writer.add("d", SafeDType.F32, Shape.of(1), bytes(1, 2, 3, 4, 5)));
  }

  @Test
  void headersOverTheLimitAreRefusedAndLeaveNothing() {
    SafeTensorsWriter writer = new SafeTensorsWriter().metadata("k", "v".repeat(100_000_000));
    Path path = directory.resolve("model.safetensors");
    assertThrows(FormatException.class, () -> writer.write(path));
    assertEquals(List.of(), files());
  }

  @Test
  void replacesAnOldFile() {
    Path path = directory.resolve("model.safetensors");
    new SafeTensorsWriter().add("old", Shape.of(1), new float[1]).write(path);
    new SafeTensorsWriter().add("new", Shape.of(1), new float[1]).write(path);
    try (SafeTensorsFile file = SafeTensorsFile.open(path)) {
      assertEquals(List.of("new"), file.names());
    }
    assertEquals(List.of(path), files());
  }

  @Test
  void missingDirectoryIsAnIoError() {
    Path path = directory.resolve("missing").resolve("model.safetensors");
    String message =
        assertThrows(UncheckedIOException.class, () -> new SafeTensorsWriter().write(path))
            .getMessage();
    assertTrue(message.contains("model.safetensors"), message);
    assertFalse(Files.exists(path));
  }

  @Test
  void failureAtAnyByteLeavesTheOldFile() throws IOException {
    Path path = directory.resolve("model.safetensors");
    new SafeTensorsWriter().add("old", Shape.of(1), new float[1]).write(path);
    byte[] old = Files.readAllBytes(path);
    SafeTensorsWriter writer = new SafeTensorsWriter().add("new", Shape.of(5), new float[5]);
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    writer.writeTo(new SlowChannel(whole, Integer.MAX_VALUE));
    for (int room = 0; room < whole.size(); room++) {
      int full = room;
      assertThrows(
          IOException.class,
          () -> AtomicFile.write(path, channel -> writer.writeTo(new FullDisk(channel, full))));
      assertArrayEquals(old, Files.readAllBytes(path));
      assertEquals(List.of(path), files());
    }
    AtomicFile.write(path, channel -> writer.writeTo(new FullDisk(channel, whole.size())));
    assertArrayEquals(whole.toByteArray(), Files.readAllBytes(path));
  }

  @Test
  void dataFreedTooEarlyLeavesTheOldFile() throws IOException {
    Path path = directory.resolve("model.safetensors");
    new SafeTensorsWriter().add("old", Shape.of(1), new float[1]).write(path);
    byte[] old = Files.readAllBytes(path);
    SafeTensorsWriter writer = new SafeTensorsWriter().add("a", Shape.of(9), new float[9]);
    try (Arena arena = Arena.ofConfined()) {
      writer.add("b", SafeDType.U8, Shape.of(4), arena.allocate(4));
    }
    assertThrows(IllegalStateException.class, () -> writer.write(path));
    assertArrayEquals(old, Files.readAllBytes(path));
    assertEquals(List.of(path), files());
  }

  @Test
  void targetThatIsADirectoryIsLeftAlone() throws IOException {
    Path path = Files.createDirectory(directory.resolve("model.safetensors"));
    assertThrows(UncheckedIOException.class, () -> new SafeTensorsWriter().write(path));
    assertTrue(Files.isDirectory(path));
    assertEquals(List.of(path), files());
  }

  private List<Path> files() {
    try (Stream<Path> all = Files.list(directory)) {
      return all.toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static MemorySegment bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return MemorySegment.ofArray(bytes);
  }

  /** Accepts a few bytes per call. */
  private record SlowChannel(ByteArrayOutputStream out, int step) implements WritableByteChannel {

    @Override
    public int write(ByteBuffer source) {
      byte[] taken = new byte[Math.min(step, source.remaining())];
      source.get(taken);
      out.writeBytes(taken);
      return taken.length;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }

  /** Passes bytes on until the room is used up. */
  private static final class FullDisk implements WritableByteChannel {

    private final WritableByteChannel target;
    private int room;

    FullDisk(WritableByteChannel target, int room) {
      this.target = target;
      this.room = room;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
      if (room == 0) {
        throw new IOException("No space left on device");
      }
      ByteBuffer part = source.slice().limit(Math.min(room, source.remaining()));
      int count = target.write(part);
      source.position(source.position() + count);
      room -= count;
      return count;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }
}
