package io.github.maskalign.cpu.machine;

import io.github.maskalign.cpu.machine.x86.Assembler;
import io.github.maskalign.cpu.machine.x86.Memory;
import io.github.maskalign.cpu.machine.x86.VectorRegister;
import io.github.maskalign.cpu.machine.x86.VectorWidth;
import java.util.List;

/**
 * A tile of C in vector registers, {@code [rows, VECTORS vectors]}, and the instructions that add
 * products to it. Pairs are two BF16 that are neighbors along the terms, 32 bits.
 */
interface Tile {

  /** Vectors in a row. */
  int VECTORS = 2;

  /** Of the vectors. */
  VectorWidth width();

  /** The most rows, for which the registers suffice. */
  int maxRows();

  /** The register of a sum. */
  VectorRegister sum(int row, int vector);

  /** Emits what comes first in a kernel; may use the red zone, 128 bytes below the stack. */
  void begin(Assembler code);

  /** Emits what comes last; the red zone is as {@link #begin} left it. */
  void end(Assembler code);

  /**
   * Adds the products of a pair of terms to all sums.
   *
   * @param columns for each vector, where its pairs of B are, one for each column
   * @param rows for each row, where its pair of A is
   */
  void addProducts(Assembler code, List<Memory> columns, List<Memory> rows);
}
