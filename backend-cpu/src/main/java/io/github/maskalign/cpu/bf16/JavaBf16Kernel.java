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
  public void multiply(int rows, int terms, Rows a, MemorySegment b, Rows addend, Rows c) {
    float[] sums = new float[COLUMNS];
    for (int i = 0; i < rows; i++) {
      long begin = addend.at() + i * addend.stride();
      MemorySegment.copy(addend.memory(), JAVA_FLOAT_UNALIGNED, begin, sums, 0, COLUMNS);
      for (int k = 0; k < terms; k += 2) {
        int x = a.memory().get(JAVA_INT_UNALIGNED, a.at() + i * a.stride() + 2L * k);
        long pairs = 2L * COLUMNS * k;
        for (int j = 0; j < COLUMNS; j++) {
          sums[j] = Bf16Dot.add(sums[j], x, b.get(JAVA_INT_UNALIGNED, pairs + 4L * j));
        }
      }
      long end = c.at() + i * c.stride();
      MemorySegment.copy(sums, 0, c.memory(), JAVA_FLOAT_UNALIGNED, end, COLUMNS);
    }
  }
}
