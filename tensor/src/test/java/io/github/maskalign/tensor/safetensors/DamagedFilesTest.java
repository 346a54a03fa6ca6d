package io.github.maskalign.tensor.safetensors;

import static io.github.maskalign.tensor.safetensors.SafeTensorsBytes.entry;
import static io.github.maskalign.tensor.safetensors.SafeTensorsBytes.file;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.random.Philox;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Mutated files are read or refused, in bounded time and memory. {@code -Dfuzz.cases=100000} tries
 * more of them.
 */
class DamagedFilesTest {

  private static final int CASES = Integer.getInteger("fuzz.cases", 3000);
  private static final long SLACK_BYTES = 4 << 20;
  private static final long MAX_NANOS = 2_000_000_000L;
  private static final Path NAME = Path.of("fuzz.safetensors");

  private static final String HEADER =
      "{\"__metadata__\":{\"format\":\"pt\",\"license\":\"MIT\"},%s,%s,%s,%s}  "
          .formatted(
              entry("blocks.0.attn.qkv.weight", "F32", "[6,2]", "[0,48]"),
              entry("ids", "I64", "[2]", "[48,64]"),
              entry("half", "BF16", "[1,3]", "[64,70]"),
              entry("none", "F16", "[0,4]", "[70,70]"));
  private static final byte[] GOOD = file(HEADER, 70);

  /** Numbers and characters on which a reader trips. */
  private static final List<String> SHARP =
      List.of(
          "[0,0]",
          "99999999",
          "9223372036854775807",
          "-1",
          "1e9",
          "{",
          "}",
          "[",
          "]",
          "\"",
          ",",
          ":",
          "\\u0000",
          "null",
          "F64",
          "U8",
          "shape",
          "__metadata__");

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private int read;
  private long maxBytes;

  @Test
  void mutations() {
    for (int i = 0; i < CASES; i++) {
      tryOne(i, damaged(Philox.of(9).at(i)));
    }
    System.out.printf(
        "%d damaged safetensors files: %d read, the others refused; at most %,d bytes allocated%n",
        CASES, read, maxBytes);
    assertTrue(read > 0 && read < CASES);
  }

  private static byte[] damaged(Philox random) {
    byte[] bytes = GOOD.clone();
    int edits = 1 + random.below(0, 4);
    for (int edit = 1; edit <= edits; edit++) {
      int at = random.below(3 * edit, Long.BYTES + HEADER.length());
      int value = random.below(3 * edit + 1, 256);
      switch (random.below(3 * edit + 2, 6)) {
        case 0, 1 -> bytes[at] = (byte) value;
        case 2, 3 -> {
          byte[] sharp = SHARP.get(value % SHARP.size()).getBytes(StandardCharsets.UTF_8);
          System.arraycopy(sharp, 0, bytes, at, Math.min(sharp.length, bytes.length - at));
        }
        case 4 -> bytes = Arrays.copyOf(bytes, value % 2 == 0 ? at + 1 : bytes.length + value);
        default ->
            ByteBuffer.wrap(bytes)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0, value % 3 == 0 ? Integer.MAX_VALUE : value * 3);
      }
      if (bytes.length < GOOD.length) {
        return bytes;
      }
    }
    return bytes;
  }

  private void tryOne(int index, byte[] bytes) {
    long allocated = THREADS.getCurrentThreadAllocatedBytes();
    long start = System.nanoTime();
    try {
      Header header = HeaderReader.read(NAME, MemorySegment.ofArray(bytes));
      header.entries().forEach(SafeTensorsFile.Entry::shape);
      read++;
    } catch (FormatException refused) {
      assertTrue(refused.getMessage().startsWith(NAME + ": "), refused.getMessage());
    } catch (RuntimeException | Error e) {
      fail("case " + index, e);
    }
    long nanos = System.nanoTime() - start;
    long taken = THREADS.getCurrentThreadAllocatedBytes() - allocated;
    maxBytes = Math.max(maxBytes, taken);
    assertTrue(nanos < MAX_NANOS, () -> "case " + index + " took " + nanos + " ns");
    assertTrue(taken < SLACK_BYTES, () -> "case " + index + " allocated " + taken + " bytes");
  }
}
