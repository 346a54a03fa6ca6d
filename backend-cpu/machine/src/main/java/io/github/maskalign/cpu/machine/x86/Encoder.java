package io.github.maskalign.cpu.machine.x86;

import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Writes the parts of x86-64 instructions. An instruction is a sequence of
 *
 * <pre>[prefix] opcode [ModR/M [SIB] [displacement]] [immediate]</pre>
 *
 * <p>Registers have numbers of four or five bits. The ModR/M and SIB bytes hold the low three; the
 * prefix REX, VEX or EVEX holds the rest. Described in Intel 64 and IA-32 Architectures Software
 * Developer's Manual, volume 2, chapter 2, "Instruction Format": the sections "ModR/M and SIB
 * Bytes", "REX Prefixes", "The VEX Prefix" and "EVEX Prefix".
 */
final class Encoder {

  private static final int VEX_2 = 0xC5;
  private static final int VEX_3 = 0xC4;
  private static final int EVEX = 0x62;

  /** In place of a register: a SIB byte follows. */
  private static final int SIB = 4;

  /** In place of an index: none. */
  private static final int NO_INDEX = 4;

  /** As a base with mod 0, it would mean an address without a base. */
  private static final int NO_BASE = 5;

  private final ByteArrayOutputStream code = new ByteArrayOutputStream();

  int position() {
    return code.size();
  }

  byte[] bytes() {
    return code.toByteArray();
  }

  void bytes(int... values) {
    for (int value : values) {
      code.write(value);
    }
  }

  /** An immediate or displacement of 32 bits, the lowest byte first. */
  void int32(int value) {
    bytes(value, value >> 8, value >> 16, value >> 24);
  }

  /**
   * REX, opcode and ModR/M of an instruction on two registers.
   *
   * <pre>REX = 0100 W R X B</pre>
   *
   * <p>W: operands of 64 bits. R, X and B: bit 3 of the numbers in reg, index, and base or rm.
   *
   * @param reg a register's number, or the digit n that the manual writes as {@code /n}
   */
  void wide(int opcode, int reg, Register rm) {
    bytes(0x48 | reg >> 3 << 2 | rm.number() >> 3, opcode);
    modRm(reg, rm.number());
  }

  /** REX, opcode, ModR/M, SIB and displacement of an instruction on 64 bits of memory. */
  void wide(int opcode, int reg, Memory rm) {
    bytes(0x48 | extensions(reg, rm), opcode);
    modRm(reg, rm, 1);
  }

  /** The same on operands that are not of 64 bits; REX is left out if it would say nothing. */
  void narrow(int[] opcode, int reg, Memory rm) {
    int extensions = extensions(reg, rm);
    if (extensions != 0) {
      bytes(0x40 | extensions);
    }
    bytes(opcode);
    modRm(reg, rm, 1);
  }

  private static int extensions(int reg, Memory rm) {
    return reg >> 3 << 2 | rm.indexNumber() >> 3 << 1 | rm.base().number() >> 3;
  }

  /**
   * A vector instruction on registers.
   *
   * @param reg the destination's number, or the digit n of {@code /n}
   * @param vvvv the first source's number, 0 if there is none
   * @param rm the last source's number
   */
  void vector(VectorWidth width, VectorOpcode opcode, int reg, int vvvv, int rm) {
    if (width == VectorWidth.ZMM) {
      evex(opcode, reg, vvvv, rm >> 4, rm >> 3);
    } else {
      vex(opcode, reg, vvvv, 0, rm >> 3);
    }
    bytes(opcode.code());
    modRm(reg, rm);
  }

  /**
   * A vector instruction on memory.
   *
   * @param unit how many bytes of memory the instruction reads or writes
   */
  void vector(VectorWidth width, VectorOpcode opcode, int reg, Memory rm, int unit) {
    int x = rm.indexNumber() >> 3;
    int b = rm.base().number() >> 3;
    boolean wide = width == VectorWidth.ZMM;
    if (wide) {
      evex(opcode, reg, 0, x, b);
    } else {
      vex(opcode, reg, 0, x, b);
    }
    bytes(opcode.code());
    modRm(reg, rm, wide ? unit : 1);
  }

  /**
   * The prefix of 256-bit instructions, W = 0 and L = 1. All bits of register numbers are inverted.
   *
   * <pre>
   * C5  R vvvv L pp              if X and B are 0 and the map is 0F
   * C4  R X B mmmmm  W vvvv L pp
   * </pre>
   *
   * @param x bit 0: bit 3 of the index
   * @param b bit 0: bit 3 of the base or of rm
   */
  private void vex(VectorOpcode opcode, int reg, int vvvv, int x, int b) {
    int last = (~vvvv & 15) << 3 | 1 << 2 | opcode.prefix().ordinal();
    int r = inverted(reg >> 3, 7);
    if (x == 0 && b == 0 && opcode.map() == VectorOpcode.Map.M0F) {
      bytes(VEX_2, r | last);
    } else {
      bytes(VEX_3, r | inverted(x, 6) | inverted(b, 5) | opcode.map().ordinal(), last);
    }
  }

  /**
   * The prefix of 512-bit instructions without a mask, W = 0 and L'L = 2. All bits of register
   * numbers are inverted.
   *
   * <pre>62  R X B R' 0 mmm  W vvvv 1 pp  z L'L b V' aaa</pre>
   *
   * <p>R' and V' are bit 4 of reg and vvvv. X is bit 4 of rm if that is a register, else bit 3 of
   * the index.
   *
   * @param x whose bit 0 is X
   * @param b whose bit 0 is bit 3 of the base or of rm
   */
  private void evex(VectorOpcode opcode, int reg, int vvvv, int x, int b) {
    bytes(
        EVEX,
        inverted(reg >> 3, 7)
            | inverted(x, 6)
            | inverted(b, 5)
            | inverted(reg >> 4, 4)
            | opcode.map().ordinal(),
        (~vvvv & 15) << 3 | 1 << 2 | opcode.prefix().ordinal(),
        2 << 5 | inverted(vvvv >> 4, 3));
  }

  private static int inverted(int bit, int position) {
    return (~bit & 1) << position;
  }

  /** ModR/M of two registers: {@code 11 reg rm}. */
  private void modRm(int reg, int rm) {
    bytes(0xC0 | (reg & 7) << 3 | rm & 7);
  }

  /**
   * ModR/M, SIB and displacement.
   *
   * <pre>
   * ModR/M = mod reg rm           mod: 0 no displacement, 1 of 8 bits, 2 of 32 bits
   * SIB    = scale index base     if there is an index, or the base is rsp or r12
   * </pre>
   *
   * @param unit what a displacement of 8 bits counts: for EVEX, the size of the operand (the manual
   *     calls it disp8*N), else 1
   */
  private void modRm(int reg, Memory rm, int unit) {
    int base = rm.base().number() & 7;
    int displacement = rm.displacement();
    int units = displacement / unit;
    int mod = 2;
    if (displacement == 0 && base != NO_BASE) {
      mod = 0;
    } else if (displacement % unit == 0 && units == (byte) units) {
      mod = 1;
    }
    @Nullable Register index = rm.index();
    boolean sib = index != null || base == SIB;
    bytes(mod << 6 | (reg & 7) << 3 | (sib ? SIB : base));
    if (sib) {
      int scale = Integer.numberOfTrailingZeros(rm.scale());
      bytes(scale << 6 | (index == null ? NO_INDEX : index.number() & 7) << 3 | base);
    }
    if (mod == 1) {
      bytes(units);
    } else if (mod == 2) {
      int32(displacement);
    }
  }
}
