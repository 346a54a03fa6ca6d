package io.github.maskalign.cpu.machine;

import io.github.maskalign.cpu.machine.x86.Assembler;
import io.github.maskalign.cpu.machine.x86.Memory;
import io.github.maskalign.cpu.machine.x86.Register;
import io.github.maskalign.cpu.machine.x86.VectorRegister;
import io.github.maskalign.cpu.machine.x86.VectorWidth;
import java.util.List;

/**
 * Products by two fused multiply-adds of F32 for each pair. A BF16 is the upper half of an F32: the
 * odd term of a pair is the pair with its lower half cleared, the even term the pair shifted to the
 * left.
 *
 * <p>Modes of arithmetic (the register MXCSR) make denormals zeros, as operands and as results,
 * which gives the bits of {@code vdpbf16ps}. Java's own modes are restored at the end.
 *
 * <p>Registers: 0 is the mask of upper halves, 1 a term of A, 2 and 3 terms of B, from 4 the sums:
 * 14 rows of 2 vectors of 512 bits, or 6 rows of 2 of 256 bits.
 */
final class FmaTile implements Tile {

  /**
   * Bits of MXCSR: flush results to zero (15), round to nearest (13 and 14 are 0), mask all
   * exceptions (7 to 12), denormal operands are zeros (6).
   */
  private static final int MODES = 1 << 15 | 0x3F << 7 | 1 << 6;

  private static final int UPPER_HALF = 0xFFFF0000;
  private static final int HALF_BITS = 16;

  // In the red zone.
  private static final Memory JAVA_MODES = Memory.at(Register.RSP, -4);
  private static final Memory CONSTANT = Memory.at(Register.RSP, -8);

  private static final int COLUMNS = 2;
  private static final int SUMS = COLUMNS + VECTORS;

  /** Which terms of pairs. */
  private enum Half {
    ODD,
    EVEN
  }

  private final VectorWidth width;
  private final VectorRegister mask;
  private final VectorRegister term;

  FmaTile(VectorWidth width) {
    this.width = width;
    mask = width.register(0);
    term = width.register(1);
  }

  @Override
  public VectorWidth width() {
    return width;
  }

  @Override
  public int maxRows() {
    return (width.registers() - SUMS) / VECTORS;
  }

  @Override
  public VectorRegister sum(int row, int vector) {
    return width.register(SUMS + VECTORS * row + vector);
  }

  @Override
  public void begin(Assembler code) {
    code.stmxcsr(JAVA_MODES);
    code.movDword(CONSTANT, MODES);
    code.ldmxcsr(CONSTANT);
    code.movDword(CONSTANT, UPPER_HALF);
    code.vbroadcastss(mask, CONSTANT);
  }

  @Override
  public void end(Assembler code) {
    code.ldmxcsr(JAVA_MODES);
  }

  @Override
  public void addProducts(Assembler code, List<Memory> columns, List<Memory> rows) {
    addProducts(code, columns, rows, Half.ODD);
    addProducts(code, columns, rows, Half.EVEN);
  }

  /**
   * Adds the products of the odd terms or of the even ones. All is loaded twice, as there are loads
   * to spare but no registers: with fewer rows, sums would wait for each other.
   */
  private void addProducts(Assembler code, List<Memory> columns, List<Memory> rows, Half half) {
    for (int vector = 0; vector < VECTORS; vector++) {
      VectorRegister column = width.register(COLUMNS + vector);
      code.vmovups(column, columns.get(vector));
      widen(code, column, half);
    }
    for (int row = 0; row < rows.size(); row++) {
      code.vbroadcastss(term, rows.get(row));
      widen(code, term, half);
      for (int vector = 0; vector < VECTORS; vector++) {
        code.vfmadd231ps(sum(row, vector), width.register(COLUMNS + vector), term);
      }
    }
  }

  /** Makes F32 of one half of pairs. */
  private void widen(Assembler code, VectorRegister pairs, Half half) {
    if (half == Half.ODD) {
      code.vpand(pairs, pairs, mask);
    } else {
      code.vpslld(pairs, pairs, HALF_BITS);
    }
  }
}
