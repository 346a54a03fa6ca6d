package io.github.maskalign.cpu.bf16;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/** The kernel in plain Java: the definition of the others, and slow. */
public final class JavaBf16Kernel implements Bf16Kernel {

  /** Has no state. */
  public JavaBf16Kernel() {}

  @Override
  public String description() {
    return "plain Java";
  }

  @Override
  public void multiply(
      int rows,
      int terms,
      MemorySegment a,
      long aAt,
      long aRow,
      MemorySegment b,
      long bAt,
      MemorySegment addend,
      long addendAt,
      long addendRow,
      MemorySegment c,
      long cAt,
      long cRow) {
    float[] sums = new float[COLUMNS];
    for (int i = 0; i < rows; i++) {
      MemorySegment.copy(addend, JAVA_FLOAT_UNALIGNED, addendAt + i * addendRow, sums, 0, COLUMNS);
      for (int k = 0; k < terms; k += 2) {
        int x = a.get(JAVA_INT_UNALIGNED, aAt + i * aRow + 2L * k);
        long pairs = bAt + 2L * COLUMNS * k;
        for (int j = 0; j < COLUMNS; j++) {
          sums[j] = Bf16Dot.add(sums[j], x, b.get(JAVA_INT_UNALIGNED, pairs + 4L * j));
        }
      }
      MemorySegment.copy(sums, 0, c, JAVA_FLOAT_UNALIGNED, cAt + i * cRow, COLUMNS);
    }
  }
}
