package io.github.maskalign.cpu.machine.x86;

import io.github.maskalign.cpu.machine.x86.VectorOpcode.Map;
import io.github.maskalign.cpu.machine.x86.VectorOpcode.Prefix;

/**
 * Translates instructions into bytes, in the order of the calls. Methods have the names of the
 * instructions, and operands the order of Intel's manual: the destination first. The opcodes are
 * those of Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, chapters 3 to 5.
 *
 * <p>There are only the forms of instructions that the kernels need, and of labels only {@link
 * #position()}, to jump back to.
 */
public class Assembler {

  private static final VectorOpcode VMOVUPS_LOAD = new VectorOpcode(Prefix.NONE, Map.M0F, 0x10);
  private static final VectorOpcode VMOVUPS_STORE = new VectorOpcode(Prefix.NONE, Map.M0F, 0x11);
  private static final VectorOpcode VBROADCASTSS = new VectorOpcode(Prefix.P66, Map.M0F38, 0x18);
  private static final VectorOpcode VDPBF16PS = new VectorOpcode(Prefix.PF3, Map.M0F38, 0x52);
  private static final VectorOpcode VFMADD231PS = new VectorOpcode(Prefix.P66, Map.M0F38, 0xB8);
  private static final VectorOpcode VPAND = new VectorOpcode(Prefix.P66, Map.M0F, 0xDB);
  private static final VectorOpcode SHIFT_BY_IMMEDIATE =
      new VectorOpcode(Prefix.P66, Map.M0F, 0x72);

  private static final int[] PREFETCH = {0x0F, 0x18};
  private static final int[] MXCSR = {0x0F, 0xAE};
  private static final int[] MOV_IMMEDIATE = {0xC7};

  private final Encoder encoder = new Encoder();

  /** An assembler that has written nothing. */
  public Assembler() {}

  /** All that was written. */
  public final byte[] bytes() {
    return encoder.bytes();
  }

  /** Where the next instruction begins. */
  public final int position() {
    return encoder.position();
  }

  /**
   * Called before an instruction is encoded; does nothing here. Tests list the code with it.
   *
   * @param name with the operands, the instruction in the syntax of GNU as, but for jumps, whose
   *     operand is how far they jump back
   */
  protected void instruction(String name, Object... operands) {}

  /** Loads a vector. */
  public final void vmovups(VectorRegister to, Memory from) {
    instruction("vmovups", to, from);
    encoder.vector(to.width(), VMOVUPS_LOAD, to.number(), from, to.width().bytes());
  }

  /** Stores a vector. */
  public final void vmovups(Memory to, VectorRegister from) {
    instruction("vmovups", to, from);
    encoder.vector(from.width(), VMOVUPS_STORE, from.number(), to, from.width().bytes());
  }

  /** Loads 32 bits into every lane. */
  public final void vbroadcastss(VectorRegister to, Memory from) {
    instruction("vbroadcastss", to, from);
    encoder.vector(to.width(), VBROADCASTSS, to.number(), from, Float.BYTES);
  }

  /** Adds the products of pairs of BF16 to F32; 512 bits only. */
  public final void vdpbf16ps(VectorRegister to, VectorRegister x, VectorRegister y) {
    if (to.width() != VectorWidth.ZMM) {
      throw new IllegalArgumentException("vdpbf16ps of " + to + "; expected a zmm register");
    }
    registers("vdpbf16ps", VDPBF16PS, to, x, y);
  }

  /** {@code to += x * y}, rounded once. */
  public final void vfmadd231ps(VectorRegister to, VectorRegister x, VectorRegister y) {
    registers("vfmadd231ps", VFMADD231PS, to, x, y);
  }

  /** The bits that both have; {@code vpandd} for 512 bits. */
  public final void vpand(VectorRegister to, VectorRegister x, VectorRegister y) {
    registers(to.width() == VectorWidth.ZMM ? "vpandd" : "vpand", VPAND, to, x, y);
  }

  /** Shifts 32-bit lanes to the left. */
  public final void vpslld(VectorRegister to, VectorRegister from, int bits) {
    instruction("vpslld", to, from, bits);
    same(to, from);
    encoder.vector(to.width(), SHIFT_BY_IMMEDIATE, 6, to.number(), from.number());
    encoder.bytes(bits);
  }

  private void registers(
      String name, VectorOpcode opcode, VectorRegister to, VectorRegister x, VectorRegister y) {
    instruction(name, to, x, y);
    same(to, x);
    same(to, y);
    encoder.vector(to.width(), opcode, to.number(), x.number(), y.number());
  }

  private static void same(VectorRegister x, VectorRegister y) {
    if (x.width() != y.width()) {
      throw new IllegalArgumentException(x + " and " + y + " differ in width");
    }
  }

  /** Zeros the upper halves of vectors, without which SSE code that follows would be slow. */
  public final void vzeroupper() {
    instruction("vzeroupper");
    encoder.bytes(0xC5, 0xF8, 0x77);
  }

  /** Loads the modes of floating-point arithmetic. */
  public final void ldmxcsr(Memory from) {
    instruction("ldmxcsr", from);
    encoder.narrow(MXCSR, 2, from);
  }

  /** Stores the modes of floating-point arithmetic, 32 bits. */
  public final void stmxcsr(Memory to) {
    instruction("stmxcsr", to);
    encoder.narrow(MXCSR, 3, to);
  }

  /** Prefetches a cache line into the second level; never faults. */
  public final void prefetcht1(Memory at) {
    instruction("prefetcht1", at);
    encoder.narrow(PREFETCH, 2, at);
  }

  /** Copies a register. */
  public final void mov(Register to, Register from) {
    instruction("mov", to, from);
    encoder.wide(0x89, from.number(), to);
  }

  /** Loads 64 bits. */
  public final void mov(Register to, Memory from) {
    instruction("mov", to, from);
    encoder.wide(0x8B, to.number(), from);
  }

  /** Stores 64 bits. */
  public final void mov(Memory to, Register from) {
    instruction("mov", to, from);
    encoder.wide(0x89, from.number(), to);
  }

  /** Stores 32 bits. */
  public final void movDword(Memory to, int value) {
    instruction("mov dword ptr", to, value);
    encoder.narrow(MOV_IMMEDIATE, 0, to);
    encoder.int32(value);
  }

  /** The address of a memory operand. */
  public final void lea(Register to, Memory from) {
    instruction("lea", to, from);
    encoder.wide(0x8D, to.number(), from);
  }

  /** {@code to += from}. */
  public final void add(Register to, Register from) {
    instruction("add", to, from);
    encoder.wide(0x01, from.number(), to);
  }

  /** {@code to += value}. */
  public final void add(Register to, int value) {
    instruction("add", to, value);
    immediate(0, to, value);
  }

  /** {@code to -= value}; the result may be tested by {@link #jne}. */
  public final void sub(Register to, int value) {
    instruction("sub", to, value);
    immediate(5, to, value);
  }

  /** Compares registers for {@link #jne}. */
  public final void cmp(Register x, Register y) {
    instruction("cmp", x, y);
    encoder.wide(0x39, y.number(), x);
  }

  private void immediate(int operation, Register to, int value) {
    if (value == (byte) value) {
      encoder.wide(0x83, operation, to);
      encoder.bytes(value);
    } else {
      encoder.wide(0x81, operation, to);
      encoder.int32(value);
    }
  }

  /** Puts a register on the stack. */
  public final void push(Register from) {
    instruction("push", from);
    stack(0x50, from);
  }

  /** Takes a register from the stack. */
  public final void pop(Register to) {
    instruction("pop", to);
    stack(0x58, to);
  }

  private void stack(int opcode, Register register) {
    if (register.number() > 7) {
      encoder.bytes(0x41);
    }
    encoder.bytes(opcode | register.number() & 7);
  }

  /**
   * Jumps back if what was compared differs, or the last sum or difference is not 0.
   *
   * @param target a {@link #position()} before
   */
  public final void jne(int target) {
    instruction("jne", position() - target);
    encoder.bytes(0x0F, 0x85);
    encoder.int32(target - (position() + Integer.BYTES));
  }

  /** Returns to the caller. */
  public final void ret() {
    instruction("ret");
    encoder.bytes(0xC3);
  }

  /** Describes the processor: eax and ecx select what, the answer is in eax, ebx, ecx and edx. */
  public final void cpuid() {
    instruction("cpuid");
    encoder.bytes(0x0F, 0xA2);
  }

  /** Which registers the system saves when it switches threads: ecx 0, answer in edx and eax. */
  public final void xgetbv() {
    instruction("xgetbv");
    encoder.bytes(0x0F, 0x01, 0xD0);
  }
}
