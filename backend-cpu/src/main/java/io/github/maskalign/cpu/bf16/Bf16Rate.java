package io.github.maskalign.cpu.bf16;

import io.github.maskalign.cpu.bf16.Bf16Kernel.Rows;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** How fast a kernel multiplies on one thread, with its operands in the caches. */
public final class Bf16Rate {

  /** Some tiles, so that a call takes much longer than the way to it. */
  private static final int ROWS = 196;

  private static final int TERMS = 512;
  private static final long LINE = 64;

  /** Consecutive rounds without improvement that end the search. */
  private static final int PATIENCE = 50;

  private final Bf16Kernel kernel;

  /** The rate of a kernel. */
  public Bf16Rate(Bf16Kernel kernel) {
    this.kernel = kernel;
  }

  /** FLOP/s, counting a multiply-add as two: the best of some short rounds. */
  public double measure() {
    long row = 2L * TERMS + LINE;
    try (Arena arena = Arena.ofConfined()) {
      Rows a = new Rows(arena.allocate(ROWS * row, LINE), 0, row);
      MemorySegment b = arena.allocate(2L * TERMS * Bf16Kernel.COLUMNS, LINE);
      long cRow = 4L * Bf16Kernel.COLUMNS;
      Rows c = new Rows(arena.allocate(ROWS * cRow, LINE), 0, cRow);
      double best = 0;
      for (int since = 0; since < PATIENCE; since++) {
        long start = System.nanoTime();
        kernel.multiply(ROWS, TERMS, a, b, c, c);
        double rate = 2e9 * ROWS * TERMS * Bf16Kernel.COLUMNS / (System.nanoTime() - start);
        if (rate > best) {
          best = rate;
          since = 0;
        }
      }
      return best;
    }
  }
}
