package io.github.maskalign.cpu.machine;

import static io.github.maskalign.cpu.machine.x86.Register.R10;
import static io.github.maskalign.cpu.machine.x86.Register.R11;
import static io.github.maskalign.cpu.machine.x86.Register.R12;
import static io.github.maskalign.cpu.machine.x86.Register.R13;
import static io.github.maskalign.cpu.machine.x86.Register.R14;
import static io.github.maskalign.cpu.machine.x86.Register.R15;
import static io.github.maskalign.cpu.machine.x86.Register.R8;
import static io.github.maskalign.cpu.machine.x86.Register.R9;
import static io.github.maskalign.cpu.machine.x86.Register.RAX;
import static io.github.maskalign.cpu.machine.x86.Register.RBP;
import static io.github.maskalign.cpu.machine.x86.Register.RBX;
import static io.github.maskalign.cpu.machine.x86.Register.RCX;
import static io.github.maskalign.cpu.machine.x86.Register.RDI;
import static io.github.maskalign.cpu.machine.x86.Register.RDX;
import static io.github.maskalign.cpu.machine.x86.Register.RSI;
import static io.github.maskalign.cpu.machine.x86.Register.RSP;

import io.github.maskalign.cpu.bf16.Bf16Kernel;
import io.github.maskalign.cpu.machine.x86.Assembler;
import io.github.maskalign.cpu.machine.x86.Memory;
import io.github.maskalign.cpu.machine.x86.Register;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Emits the kernel of a panel of C, {@code [tiles * rows, 32]}, for the calling convention of Linux
 * (System V Application Binary Interface, AMD64 supplement):
 *
 * <pre>
 * void panel(a, aRow, b, c, cRow, bBytes, addend, addendRow, tiles)
 *
 * for each of the tiles
 *   for each half of the columns, or for all at once if their vectors suffice
 *     sums = addend
 *     for each 8 terms
 *       for each pair of them: sums += pairs of a * pairs of b
 *     c = sums
 * </pre>
 *
 * <p>Strides are in bytes; {@code bBytes} is the size of the panel of B and stands for the number
 * of terms. Terms and tiles are at least one round of their loops.
 *
 * <p>Nothing is read or written but what {@link Bf16Kernel#multiply} names; a prefetch may touch
 * anything, for it cannot fault.
 */
final class PanelEmitter {

  // Arguments: six in rdi, rsi, rdx, rcx, r8 and r9, then on the stack above the return address.
  private static final Register A_ROW = RSI;

  private static final Register C = RCX;
  private static final Register C_ROW = R8;
  private static final Memory ARGUMENT_ADDEND = Memory.at(RBP, 16);
  private static final Memory ARGUMENT_ADDEND_ROW = Memory.at(RBP, 24);

  /** Counted down in place: a function owns its arguments. */
  private static final Memory TILES = Memory.at(RBP, 32);

  /** To be restored at the end, with rbp. */
  private static final Register[] SAVED = {RBX, R12, R13, R14, R15};

  private static final Register ADDEND = R12;
  private static final Register ADDEND_ROW = R13;

  /** Where the tile's rows of A begin. */
  private static final Register TILE_A = R14;

  /** Where the next cache line of the panel behind this one is, which is likely to come next. */
  private static final Register PREFETCHED = R15;

  /** Where the panel of B begins; the addend is in its register by then. */
  private static final Memory PANEL_B = ARGUMENT_ADDEND;

  private static final Register B_END = R9;

  /** Where the next pairs of B are. */
  private static final Register B = RDX;

  /** Where the next pairs of rows 0, 4, 8 and 12 of A are. */
  private static final Register[] A = {RDI, RAX, R10, RBX};

  private static final int A_GROUP = 4;
  private static final Register THREE_A_ROWS = R11;

  /** Free outside of the loop over the terms. */
  private static final Register SCRATCH = RAX;

  private static final int PAIRS = Bf16Kernel.TERMS / 2;
  private static final int PAIR_BYTES = 2 * Short.BYTES;
  private static final int COLUMNS_BYTES = Bf16Kernel.COLUMNS * PAIR_BYTES;
  private static final int CACHE_LINE = 64;

  /** Of the kernel's name on the stack. */
  private static final int NAME_BYTES = 32;

  /** Of sums. */
  private enum Direction {
    LOAD,
    STORE
  }

  private final Assembler code;
  private final Tile tile;
  private final int rows;

  private PanelEmitter(Assembler code, Tile tile, int rows) {
    this.code = code;
    this.tile = tile;
    this.rows = rows;
  }

  /** The memory of a panel of B with so many terms. */
  static long bBytes(int terms) {
    return (long) terms / 2 * COLUMNS_BYTES;
  }

  /**
   * Emits a kernel.
   *
   * @param rows of a tile, 1 to {@link Tile#maxRows}
   * @param name ASCII, at most 32 characters; put on the stack, whose top crash reports print
   */
  static void emit(Assembler code, Tile tile, int rows, String name) {
    new PanelEmitter(code, tile, rows).emit(name);
  }

  private void emit(String name) {
    // A frame as System V describes it: debuggers and crash reports find the caller by rbp.
    code.push(RBP);
    code.mov(RBP, RSP);
    for (Register register : SAVED) {
      code.push(register);
    }
    pushName(name);
    tile.begin(code);
    code.mov(ADDEND, ARGUMENT_ADDEND);
    code.mov(ADDEND_ROW, ARGUMENT_ADDEND_ROW);
    code.mov(TILE_A, A[0]);
    code.mov(PANEL_B, B);
    code.add(B_END, B);
    code.mov(PREFETCHED, B_END);
    code.lea(THREE_A_ROWS, Memory.at(A_ROW, A_ROW, 2));
    int next = code.position();
    emitTile();
    code.mov(SCRATCH, TILES);
    code.sub(SCRATCH, 1);
    code.mov(TILES, SCRATCH);
    code.jne(next);
    tile.end(code);
    code.add(RSP, NAME_BYTES);
    for (Register register : List.of(SAVED).reversed()) {
      code.pop(register);
    }
    code.pop(RBP);
    code.vzeroupper();
    code.ret();
  }

  private void pushName(String name) {
    byte[] text = Arrays.copyOf(name.getBytes(StandardCharsets.US_ASCII), NAME_BYTES);
    ByteBuffer dwords = ByteBuffer.wrap(text).order(ByteOrder.LITTLE_ENDIAN);
    code.sub(RSP, NAME_BYTES);
    for (int at = 0; at < NAME_BYTES; at += Integer.BYTES) {
      code.movDword(Memory.at(RSP, at), dwords.getInt(at));
    }
  }

  private void emitTile() {
    prefetchNextTile();
    int part = Tile.VECTORS * tile.width().bytes();
    for (int column = 0; column < COLUMNS_BYTES; column += part) {
      boolean last = column + part == COLUMNS_BYTES;
      moveSums(Direction.LOAD, ADDEND, ADDEND_ROW, column, last);
      emitTerms(column);
      moveSums(Direction.STORE, C, C_ROW, column, last);
    }
    for (int row = 0; row < rows; row++) {
      code.add(TILE_A, A_ROW);
    }
  }

  /** Rows of C are far apart: each would begin with a miss of the second-level cache. */
  private void prefetchNextTile() {
    code.mov(SCRATCH, C);
    for (int row = 0; row < rows; row++) {
      code.add(SCRATCH, C_ROW);
    }
    for (int row = 0; row < rows; row++) {
      for (int at = 0; at < COLUMNS_BYTES; at += CACHE_LINE) {
        code.prefetcht1(Memory.at(SCRATCH, at));
      }
      code.add(SCRATCH, C_ROW);
    }
  }

  /**
   * Loads the sums from memory or stores them.
   *
   * @param first where row 0 is
   * @param column bytes from there to the first column
   * @param advance whether the register shall then point behind the last row, at the next tile
   */
  private void moveSums(
      Direction direction, Register first, Register stride, int column, boolean advance) {
    Register at = advance ? first : SCRATCH;
    if (!advance) {
      code.mov(SCRATCH, first);
    }
    for (int row = 0; row < rows; row++) {
      for (int v = 0; v < Tile.VECTORS; v++) {
        Memory memory = Memory.at(at, column + v * tile.width().bytes());
        if (direction == Direction.LOAD) {
          code.vmovups(tile.sum(row, v), memory);
        } else {
          code.vmovups(memory, tile.sum(row, v));
        }
      }
      code.add(at, stride);
    }
  }

  /** The loop over the terms, for some of the columns. */
  private void emitTerms(int column) {
    int groups = Math.ceilDiv(rows, A_GROUP);
    code.mov(B, PANEL_B);
    code.mov(A[0], TILE_A);
    for (int group = 1; group < groups; group++) {
      code.lea(A[group], Memory.at(A[group - 1], A_ROW, A_GROUP));
    }
    int loop = code.position();
    for (int pair = 0; pair < PAIRS; pair++) {
      List<Memory> columns = new ArrayList<>();
      for (int v = 0; v < Tile.VECTORS; v++) {
        int at = pair * COLUMNS_BYTES + column + v * tile.width().bytes();
        columns.add(Memory.at(B, at));
      }
      List<Memory> pairs = new ArrayList<>();
      for (int row = 0; row < rows; row++) {
        pairs.add(rowOfA(row).plus(pair * PAIR_BYTES));
      }
      tile.addProducts(code, columns, pairs);
    }
    code.prefetcht1(Memory.at(PREFETCHED));
    code.add(PREFETCHED, CACHE_LINE);
    for (int group = 0; group < groups; group++) {
      code.add(A[group], PAIRS * PAIR_BYTES);
    }
    code.add(B, PAIRS * COLUMNS_BYTES);
    code.cmp(B, B_END);
    code.jne(loop);
  }

  /** A register points to every fourth row; an index of one, two or three strides does the rest. */
  private static Memory rowOfA(int row) {
    Register group = A[row / A_GROUP];
    return switch (row % A_GROUP) {
      case 0 -> Memory.at(group);
      case 1 -> Memory.at(group, A_ROW, 1);
      case 2 -> Memory.at(group, A_ROW, 2);
      default -> Memory.at(group, THREE_A_ROWS, 1);
    };
  }
}
