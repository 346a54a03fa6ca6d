package io.github.maskalign.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.testing.NewJvm;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * No kernel puts its vectors into Java objects. Whether C2 avoids that depends on what it inlined
 * before, so all kernels run in one JVM with mixed sizes, and it is a new JVM.
 */
@Tag("slow")
class AllocationTest {

  /** Handles, shapes and tasks. */
  private static final long MAX_BYTES = 4 << 10;

  /** Of attention: descriptions of a head's operands, of which C2 does not remove all. */
  private static final long MAX_BYTES_PER_HEAD = 512;

  /** With attention by products, descriptions of those and of their panels. */
  private static final long MAX_BYTES_PER_HEAD_BF16 = 2560;

  /**
   * Of other calls: arrays of token ids and tasks. A vector in an object takes 5 for each of its
   * elements.
   */
  private static final double MAX_BYTES_PER_ELEMENT = 0.15;

  /** JVMs that may differ in what C2 inlines. */
  private static final int MAX_TRIES = 3;

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"cpu", "bf16", "plain"})
  void kernelsDoNotAllocate(String backend) throws IOException, InterruptedException {
    List<String> tooMany = tooMany(backend);
    // Beside other programs, C2 compiles later and may inline less; vectors in objects stay.
    for (int tries = 1; !tooMany.isEmpty() && tries < MAX_TRIES; tries++) {
      tooMany = tooMany(backend);
    }
    assertEquals(List.of(), tooMany, "bytes, elements, heads, call");
  }

  private List<String> tooMany(String backend) throws IOException, InterruptedException {
    List<String> lines = NewJvm.lines(folder, KernelAllocation.class, backend);
    assertTrue(lines.size() > 100, () -> "calls: " + lines);
    long perHead = backend.equals("bf16") ? MAX_BYTES_PER_HEAD_BF16 : MAX_BYTES_PER_HEAD;
    return lines.stream().filter(line -> takesTooMany(line, perHead)).toList();
  }

  private static boolean takesTooMany(String line, long perHead) {
    String[] parts = line.split(" ", 4);
    long elements = Long.parseLong(parts[1]);
    long heads = Long.parseLong(parts[2]);
    double more = heads > 0 ? perHead * heads : MAX_BYTES_PER_ELEMENT * elements;
    return Long.parseLong(parts[0]) > MAX_BYTES + more;
  }
}
