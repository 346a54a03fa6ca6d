package io.github.maskalign.cpu.machine;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import io.github.maskalign.cpu.bf16.Bf16Dot;
import io.github.maskalign.cpu.bf16.Bf16Kernel;
import io.github.maskalign.cpu.bf16.Bf16Kernel.Rows;
import java.lang.foreign.MemorySegment;

/** The operands of a product of a panel, and what it must give by {@link Bf16Dot}. */
final class Panel {

  /** Where the sums begin. */
  enum Addend {
    /** One row for all. */
    ROW,
    /** The result's former values. */
    RESULT,
    /** A matrix of its own, with other gaps between its rows. */
    APART
  }

  /** Values of the operands, as bits. */
  interface Values {

    /** An element of A, a BF16. */
    int a();

    /** An element of B, a BF16. */
    int b();

    /** An element of the addend, an F32. */
    int addend();
  }

  /** Gives memory for an operand. */
  interface Memory {
    MemorySegment allocate(long bytes);
  }

  private static final int COLUMNS = Bf16Kernel.COLUMNS;
  private static final int C_BYTES = COLUMNS * Float.BYTES;
  private static final byte GAP = 0x5A;

  private final int rows;
  private final int terms;
  private final MemorySegment a;
  private final long aRow;
  private final MemorySegment b;
  private final MemorySegment addend;
  private final long addendRow;
  private final MemorySegment c;
  private final long cRow;
  private final int[] begin;
  private final int[] expected;

  /**
   * Operands of random contents.
   *
   * @param aGap elements between rows of A
   * @param cGap elements between rows of C
   */
  Panel(int rows, int terms, int aGap, int cGap, Addend addends, Values values, Memory memory) {
    this.rows = rows;
    this.terms = terms;
    aRow = (long) (terms + aGap) * Short.BYTES;
    a = memory.allocate((rows - 1) * aRow + (long) terms * Short.BYTES);
    b = memory.allocate((long) terms * COLUMNS * Short.BYTES);
    cRow = (long) (COLUMNS + cGap) * Float.BYTES;
    c = memory.allocate((rows - 1) * cRow + C_BYTES);
    addendRow =
        switch (addends) {
          case ROW -> 0;
          case RESULT -> cRow;
          case APART -> cRow + 2 * Float.BYTES;
        };
    addend = addends == Addend.RESULT ? c : memory.allocate((rows - 1) * addendRow + C_BYTES);
    for (long at = 0; at < a.byteSize(); at += Short.BYTES) {
      a.set(JAVA_SHORT_UNALIGNED, at, (short) values.a());
    }
    for (long at = 0; at < b.byteSize(); at += Short.BYTES) {
      b.set(JAVA_SHORT_UNALIGNED, at, (short) values.b());
    }
    for (long at = 0; at < addend.byteSize(); at += Float.BYTES) {
      addend.set(JAVA_INT_UNALIGNED, at, values.addend());
    }
    begin = new int[rows * COLUMNS];
    expected = new int[rows * COLUMNS];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < COLUMNS; column++) {
        int i = row * COLUMNS + column;
        begin[i] = addend.get(JAVA_INT_UNALIGNED, row * addendRow + 4L * column);
        expected[i] = Float.floatToRawIntBits(chain(row, column, Float.intBitsToFloat(begin[i])));
      }
    }
  }

  private float chain(int row, int column, float sum) {
    for (int pair = 0; pair < terms / 2; pair++) {
      int x = a.get(JAVA_INT_UNALIGNED, row * aRow + 4L * pair);
      int y = b.get(JAVA_INT_UNALIGNED, 4L * (pair * COLUMNS + column));
      sum = Bf16Dot.add(sum, x, y);
    }
    return sum;
  }

  /** Computes the product and compares it and the gaps between its rows; may be repeated. */
  void check(Bf16Kernel kernel) {
    c.fill(GAP);
    if (addend == c) {
      for (int i = 0; i < begin.length; i++) {
        c.set(JAVA_INT_UNALIGNED, at(i), begin[i]);
      }
    }
    multiply(kernel);
    for (int i = 0; i < expected.length; i++) {
      float wanted = Float.intBitsToFloat(expected[i]);
      int found = c.get(JAVA_INT_UNALIGNED, at(i));
      boolean bothNaN = Float.isNaN(wanted) && Float.isNaN(Float.intBitsToFloat(found));
      if (found != expected[i] && !bothNaN) {
        fail(
            "%s, row %d of %d, column %d, %d terms: 0x%08x instead of 0x%08x (%s)"
                .formatted(
                    kernel.description(),
                    i / COLUMNS,
                    rows,
                    i % COLUMNS,
                    terms,
                    found,
                    expected[i],
                    wanted));
      }
    }
    for (int row = 0; row + 1 < rows; row++) {
      for (long at = row * cRow + C_BYTES; at < (row + 1) * cRow; at++) {
        assertEquals(GAP, c.get(JAVA_BYTE, at), "gap behind row " + row);
      }
    }
  }

  /** Computes the product. */
  void multiply(Bf16Kernel kernel) {
    kernel.multiply(
        rows, terms, new Rows(a, 0, aRow), b, new Rows(addend, 0, addendRow), new Rows(c, 0, cRow));
  }

  private long at(int i) {
    return i / COLUMNS * cRow + 4L * (i % COLUMNS);
  }
}
