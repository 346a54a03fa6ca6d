package io.github.maskalign.vit.weights.pth;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.sun.management.ThreadMXBean;
import io.github.maskalign.tensor.error.TensorException;
import io.github.maskalign.tensor.random.Philox;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Damaged files are read or refused, in bounded time and memory. {@code -Dfuzz.cases=100000} tries
 * more of them.
 */
class PthFuzzTest {

  private static final int CASES = Integer.getInteger("fuzz.cases", 3000);

  /** What a file may take beyond its own size: names, objects, messages. */
  private static final long SLACK_BYTES = 8 << 20;

  private static final long MAX_NANOS = 2_000_000_000L;

  /** Opcodes and bytes on which a reader trips. */
  private static final int[] SHARP = {
    '.', '(', ')', ']', '}', 'R', 'b', 'h', 'j', 'q', 'r', 't', 'u', 'e', 'Q', 'c', 'X', 'J', '2',
    0x80, 0x81, 0x85, 0x8a, 0x8b, 0x8d, 0x93, 0x94, 0, 1, 0x7f, 0xff
  };

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  @TempDir private Path folder;

  private int read;
  private long maxBytes;

  private static List<byte[]> wholeFiles() {
    byte[] floats = PthBytes.floats(0, 1, 2, 3, 4, 5);
    Pickle pickle = new Pickle().op('}').op('(').text("model");
    pickle.global("collections", "OrderedDict").op(')').op('R').op('(').text("a");
    pickle.tensor("FloatStorage", "0", 6, 0, new long[] {3, 2}, new long[] {1, 3}).text("b");
    pickle.tensor("FloatStorage", "0", 6, 2, new long[] {4}, new long[] {1}).op('u').text("args");
    pickle.global("argparse", "Namespace").op(')').raw(0x81).op('}').op('(').text("lr");
    pickle.raw('G', 0x3f, 0xe0, 0, 0, 0, 0, 0, 0).text("list").op(']').raw('q', 3).op('(');
    pickle.whole(7).op('N').raw(0x88).raw('h', 3).op('e').op('u').op('b').op('u');
    byte[] content = pickle.stop();
    // What holds itself is refused, so that one of the files is without.
    byte[] plain =
        new Pickle()
            .op('}')
            .text("w")
            .tensor("HalfStorage", "0", 12, 0, new long[] {2, 6}, new long[] {6, 1})
            .op('s')
            .stop();
    return List.of(
        PthBytes.zip(content, Map.of("0", floats)),
        PthBytes.zip(plain, Map.of("0", floats)),
        PthBytes.legacy(content, "0", floats, 4),
        PthBytes.legacy(plain, "0", floats, 2));
  }

  @Test
  void damagedFiles() throws IOException {
    List<byte[]> whole = wholeFiles();
    Path file = folder.resolve("fuzz.pth");
    for (int i = 0; i < CASES; i++) {
      Philox random = Philox.of(7).at(i);
      tryOne(i, Files.write(file, damaged(whole.get(i % whole.size()), random)));
    }
    System.out.printf(
        "%d damaged .pth files: %d read, the others refused; at most %,d bytes allocated%n",
        CASES, read, maxBytes);
    assertTrue(read > 0 && read < CASES);
  }

  private static byte[] damaged(byte[] whole, Philox random) {
    byte[] bytes = whole.clone();
    int edits = 1 + random.below(0, 6);
    for (int edit = 1; edit <= edits; edit++) {
      int at = random.below(3 * edit, bytes.length);
      int how = random.below(3 * edit + 1, 8);
      int value = random.below(3 * edit + 2, 256);
      switch (how) {
        case 0, 1, 2 -> bytes[at] = (byte) value;
        case 3, 4 -> bytes[at] = (byte) SHARP[value % SHARP.length];
        case 5 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 1 + value % 8), (byte) value);
        case 6 -> {
          int length = Math.min(1 + value % 40, bytes.length - at);
          int from = random.below(100 + edit, bytes.length - length + 1);
          System.arraycopy(bytes, from, bytes, at, length);
        }
        default -> bytes = value % 4 == 0 ? Arrays.copyOf(bytes, at + 1) : bytes;
      }
    }
    return bytes;
  }

  private void tryOne(int index, Path file) {
    long allocated = THREADS.getCurrentThreadAllocatedBytes();
    long start = System.nanoTime();
    try (PthFile opened = PthFile.open(file);
        Arena arena = Arena.ofConfined()) {
      for (String name : opened.tensors().keySet()) {
        opened.segment(name, arena);
      }
      read++;
    } catch (TensorException refused) {
      assertTrue(refused.getMessage().startsWith(file.toString()), refused.getMessage());
    } catch (RuntimeException | Error e) {
      fail("case " + index, e);
    }
    long nanos = System.nanoTime() - start;
    long bytes = THREADS.getCurrentThreadAllocatedBytes() - allocated;
    maxBytes = Math.max(maxBytes, bytes);
    assertTrue(nanos < MAX_NANOS, () -> "case " + index + " took " + nanos + " ns");
    assertTrue(bytes < SLACK_BYTES, () -> "case " + index + " allocated " + bytes + " bytes");
  }
}
