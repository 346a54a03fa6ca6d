package io.github.maskalign.cpu.machine;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.cpu.bf16.Bf16Kernel;
import io.github.maskalign.cpu.bf16.Bf16Kernel.Rows;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Operands that machine code must not be given are refused, and C is as it was. */
class MachineKernelBoundsTest {

  private static final int ROWS = 3;
  private static final int TERMS = 16;
  private static final int A_ROW = 36;
  private static final int C_ROW = 144;
  private static final int A_BYTES = 2 * A_ROW + 2 * TERMS;
  private static final int B_BYTES = 64 * TERMS;
  private static final int C_BYTES = 2 * C_ROW + 128;

  private final Arena arena = Arena.ofConfined();
  private final Bf16Kernel kernel = Kernels.all().getFirst();

  private int rows = ROWS;
  private int terms = TERMS;
  private MemorySegment a = arena.allocate(A_BYTES, 64);
  private MemorySegment b = arena.allocate(B_BYTES, 64);
  private MemorySegment addend = arena.allocate(C_BYTES, 64);
  private MemorySegment c = arena.allocate(C_BYTES, 64);
  private final long[] starts = new long[3];
  private final long[] strides = {A_ROW, C_ROW, C_ROW};

  @AfterEach
  void close() {
    arena.close();
  }

  private void multiply() {
    kernel.multiply(
        rows,
        terms,
        new Rows(a, starts[0], strides[0]),
        b,
        new Rows(addend, starts[1], strides[1]),
        new Rows(c, starts[2], strides[2]));
  }

  private void assertRefused(Class<? extends RuntimeException> kind, String operand) {
    MemorySegment before = c;
    if (c.isNative()) {
      before = arena.allocate(c.byteSize()).copyFrom(c);
    }
    String message = String.valueOf(assertThrows(kind, this::multiply).getMessage());
    assertTrue(message.startsWith(operand), message);
    assertEquals(-1, before.mismatch(c));
  }

  private void set(String operand, MemorySegment segment) {
    switch (operand) {
      case "a" -> a = segment;
      case "b" -> b = segment;
      case "addend" -> addend = segment;
      default -> c = segment;
    }
  }

  private MemorySegment get(String operand) {
    return switch (operand) {
      case "a" -> a;
      case "b" -> b;
      case "addend" -> addend;
      default -> c;
    };
  }

  @Test
  void whatFitsExactlyIsComputed() {
    addend.setAtIndex(JAVA_FLOAT, 0, 3);
    multiply();
    assertEquals(3, c.getAtIndex(JAVA_FLOAT, 0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "b", "addend", "c"})
  void aByteTooFew(String operand) {
    MemorySegment all = get(operand);
    set(operand, all.asSlice(0, all.byteSize() - 1));
    assertRefused(IndexOutOfBoundsException.class, operand + ":");
  }

  @ParameterizedTest
  @CsvSource({"a, 0", "addend, 1", "c, 2"})
  void aStartOutside(String operand, int i) {
    for (long start : new long[] {-4, 4, Long.MAX_VALUE - 3, Long.MIN_VALUE}) {
      starts[i] = start;
      assertRefused(IndexOutOfBoundsException.class, operand + ":");
    }
  }

  @ParameterizedTest
  @CsvSource({"a, 0", "addend, 1", "c, 2"})
  void aStrideOutside(String operand, int i) {
    for (long stride : new long[] {strides[i] + 4, Long.MAX_VALUE - 3, 1L << 62, 1L << 63}) {
      if (i < 2 || stride > 0) {
        strides[i] = stride;
        assertRefused(IndexOutOfBoundsException.class, operand + ":");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"a, 0, 1", "addend, 1, 2", "c, 2, 2"})
  void aStartOffTheElements(String operand, int i, int offset) {
    set(operand, arena.allocate(get(operand).byteSize() + 64, 64));
    starts[i] = offset;
    assertRefused(IllegalArgumentException.class, operand + " at address");
  }

  @Test
  void aPanelOffItsPairs() {
    b = arena.allocate(B_BYTES + 2, 64).asSlice(2);
    assertRefused(IllegalArgumentException.class, "b at address");
  }

  @ParameterizedTest
  @CsvSource({"a, 0, 33", "addend, 1, 134", "c, 2, 130"})
  void aStrideOffTheElements(String operand, int i, int stride) {
    strides[i] = stride;
    assertRefused(IllegalArgumentException.class, operand + " at address");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "b", "addend", "c"})
  void aSegmentOnTheHeap(String operand) {
    set(operand, MemorySegment.ofArray(new float[1000]));
    assertRefused(IllegalArgumentException.class, operand + " is on the Java heap");
  }

  @Test
  void aResultThatCannotBeWritten() {
    c = c.asReadOnly();
    assertRefused(IllegalArgumentException.class, "c is read-only");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 4, 124, -128})
  void rowsOfTheResultThatOverlap(long stride) {
    strides[2] = stride;
    assertRefused(IllegalArgumentException.class, "rows of c overlap");
  }

  @ParameterizedTest
  @CsvSource({"0, 16", "-1, 16", "3, 0", "3, -8", "3, 12"})
  void sizesThatNoLoopCanCount(int someRows, int someTerms) {
    rows = someRows;
    terms = someTerms;
    assertRefused(IllegalArgumentException.class, someRows + " rows of " + someTerms + " terms");
  }

  @Test
  void aSingleRowHasNoStride() {
    rows = 1;
    strides[2] = 0;
    strides[0] = 0;
    multiply();
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "b", "addend", "c"})
  void aClosedArena(String operand) {
    MemorySegment closed;
    try (Arena other = Arena.ofConfined()) {
      closed = other.allocate(get(operand).byteSize(), 64);
    }
    set(operand, closed);
    assertThrows(IllegalStateException.class, this::multiply);
  }

  /** An arena does not close under a call: the call or the closing is refused. */
  @Test
  void anArenaThatCloses() throws InterruptedException {
    for (int repeat = 0; repeat < 5; repeat++) {
      Arena shared = Arena.ofShared();
      MemorySegment as = shared.allocate(500 * 64, 64);
      MemorySegment bs = shared.allocate(64 * 32, 64);
      Rows sums = new Rows(shared.allocate(500 * 128, 64), 0, 128);
      AtomicReference<Throwable> thrown = new AtomicReference<>();
      Thread caller =
          Thread.ofPlatform()
              .start(
                  () -> {
                    try {
                      while (true) {
                        kernel.multiply(500, 32, new Rows(as, 0, 64), bs, sums, sums);
                      }
                    } catch (IllegalStateException e) {
                      thrown.set(e);
                    }
                  });
      Thread.sleep(2);
      boolean open = true;
      while (open) {
        try {
          shared.close();
          open = false;
        } catch (IllegalStateException e) {
          Thread.onSpinWait();
        }
      }
      caller.join();
      assertTrue(thrown.get() != null, "the call was refused");
    }
  }
}
