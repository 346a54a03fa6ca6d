package io.github.maskalign.tensor.safetensors;

import static io.github.maskalign.tensor.safetensors.SafeTensorsBytes.entry;
import static io.github.maskalign.tensor.safetensors.SafeTensorsBytes.file;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.random.Philox;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Damaged files are refused with a {@link FormatException} or read, within bounded time. */
class SafeTensorsFuzzTest {

  private static final Path NAME = Path.of("fuzz.safetensors");
  private static final String HEADER =
      "{\"__metadata__\":{\"format\":\"pt\"},%s,%s,%s}  "
          .formatted(
              entry("blocks.0.attn.qkv.weight", "F32", "[6,2]", "[0,48]"),
              entry("ids", "I64", "[2]", "[48,64]"),
              entry("\\u00e9", "BF16", "[1,3]", "[64,70]"));
  private static final byte[] GOOD = file(HEADER, 70);

  /** Pieces that turn up in headers, and the numbers on which arithmetic trips. */
  private static final List<String> PIECES =
      List.of(
          "{",
          "}",
          "[",
          "]",
          ",",
          ":",
          "\"",
          "\\",
          "\\u",
          "\\ud800",
          "null",
          "true",
          "-",
          "0",
          "1",
          "e9",
          ".5",
          "\"a\":",
          "\"dtype\":",
          "\"shape\":",
          "\"data_offsets\":",
          "__metadata__",
          "F64",
          "[0,0]",
          "4294967296",
          "9223372036854775807",
          "18446744073709551615",
          "\0",
          " ");

  @Property(tries = 4000)
  void flippedBytes(@ForAll long seed, @ForAll @IntRange(min = 1, max = 6) int count) {
    Philox random = Philox.of(seed);
    byte[] bytes = GOOD.clone();
    for (int i = 0; i < count; i++) {
      bytes[random.below(2 * i, Long.BYTES + HEADER.length())] = (byte) random.bits(4 * i + 2);
    }
    readOrRefuse(bytes);
  }

  @Property(tries = 4000)
  void splicedPieces(@ForAll long seed, @ForAll @IntRange(min = 1, max = 4) int count) {
    Philox random = Philox.of(seed);
    StringBuilder header = new StringBuilder(HEADER);
    for (int i = 0; i < count; i++) {
      Philox edit = random.at(i);
      int begin = 1 + edit.below(0, header.length() - 1);
      int end = Math.min(header.length(), begin + edit.below(1, 8));
      header.replace(begin, end, PIECES.get(edit.below(2, PIECES.size())));
    }
    readOrRefuse(file(header.toString(), 70));
  }

  @Property(tries = 1000)
  void changedNumbers(@ForAll long seed) {
    // Keeping the JSON whole lets the damage reach the arithmetic.
    Philox random = Philox.of(seed);
    String[] numbers = {"0", "1", "2", "48", "64", "70", "4294967296", "9223372036854775807"};
    StringBuilder header = new StringBuilder();
    int at = 0;
    for (String part : HEADER.split("(?<=[\\[,])(?=\\d)|(?<=\\d)(?=[],])")) {
      Philox draw = random.at(at++);
      boolean change = part.matches("\\d+") && draw.below(0, 4) == 0;
      header.append(change ? numbers[draw.below(1, numbers.length)] : part);
    }
    readOrRefuse(file(header.toString(), 70));
  }

  @Property
  void wrongLengths(@ForAll long length) {
    byte[] bytes = GOOD.clone();
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(length);
    readOrRefuse(bytes);
  }

  @Property
  void wrongSmallLengths(@ForAll @IntRange(max = 400) int length) {
    wrongLengths(length);
  }

  @Property
  void cutOff(@ForAll @IntRange(max = 400) int length) {
    boolean whole = length >= GOOD.length;
    boolean read = readOrRefuse(Arrays.copyOf(GOOD, Math.min(length, GOOD.length)));
    assertEquals(whole, read);
  }

  @Property
  void noise(@ForAll byte[] header) {
    readOrRefuse(file(header, 0));
    readOrRefuse(file("{" + new String(header, StandardCharsets.ISO_8859_1), 0));
  }

  /** Reads from memory, as {@link SafeTensorsFile#open} does from its mapping. */
  private static boolean readOrRefuse(byte[] bytes) {
    long start = System.nanoTime();
    boolean read;
    try {
      Header header = HeaderReader.read(NAME, MemorySegment.ofArray(bytes));
      long covered = 0;
      for (SafeTensorsFile.Entry entry : header.entries()) {
        assertEquals(covered, entry.offset());
        covered += entry.bytes();
      }
      assertEquals(bytes.length, header.dataStart() + covered);
      read = true;
    } catch (FormatException refused) {
      assertTrue(refused.getMessage().startsWith(NAME + ": "), refused.getMessage());
      read = false;
    }
    long milliseconds = (System.nanoTime() - start) / 1_000_000;
    assertTrue(milliseconds < 2000, () -> "took " + milliseconds + " ms");
    return read;
  }
}
