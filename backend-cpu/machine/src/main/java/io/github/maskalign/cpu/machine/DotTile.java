package io.github.maskalign.cpu.machine;

import io.github.maskalign.cpu.machine.x86.Assembler;
import io.github.maskalign.cpu.machine.x86.Memory;
import io.github.maskalign.cpu.machine.x86.VectorRegister;
import io.github.maskalign.cpu.machine.x86.VectorWidth;
import java.util.List;

/**
 * Products by the instruction {@code vdpbf16ps}. It takes no modes: it rounds to nearest, and
 * flushes denormals.
 *
 * <p>Registers: 0 and 1 hold B, 2 a pair of A, from 4 the sums, 14 rows of 2. The instruction could
 * take its pair from memory, but then each of the two would load it, and loads would limit the
 * rate.
 */
final class DotTile implements Tile {

  private static final VectorWidth WIDTH = VectorWidth.ZMM;
  private static final VectorRegister PAIR = WIDTH.register(2);
  private static final int SUMS = 4;

  @Override
  public VectorWidth width() {
    return WIDTH;
  }

  @Override
  public int maxRows() {
    return (WIDTH.registers() - SUMS) / VECTORS;
  }

  @Override
  public VectorRegister sum(int row, int vector) {
    return WIDTH.register(SUMS + VECTORS * row + vector);
  }

  @Override
  public void begin(Assembler code) {}

  @Override
  public void end(Assembler code) {}

  @Override
  public void addProducts(Assembler code, List<Memory> columns, List<Memory> rows) {
    for (int vector = 0; vector < VECTORS; vector++) {
      code.vmovups(WIDTH.register(vector), columns.get(vector));
    }
    for (int row = 0; row < rows.size(); row++) {
      code.vbroadcastss(PAIR, rows.get(row));
      for (int vector = 0; vector < VECTORS; vector++) {
        code.vdpbf16ps(sum(row, vector), WIDTH.register(vector), PAIR);
      }
    }
  }
}
