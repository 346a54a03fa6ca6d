package io.github.maskalign.cpu.machine.x86;

import org.jspecify.annotations.Nullable;

/**
 * A memory operand, {@code [base + index * scale + displacement]}.
 *
 * @param index null for none; never {@code rsp}, whose number means "none" in the encoding
 * @param scale 1, 2, 4 or 8
 * @param displacement in bytes
 */
public record Memory(Register base, @Nullable Register index, int scale, int displacement) {

  /**
   * An operand.
   *
   * @throws IllegalArgumentException if it cannot be encoded
   */
  public Memory {
    if (index == Register.RSP || Integer.bitCount(scale) != 1 || scale < 1 || scale > 8) {
      throw new IllegalArgumentException(
          "index %s times %d; expected any register but rsp, times 1, 2, 4 or 8"
              .formatted(index, scale));
    }
  }

  /** {@code [base]}. */
  public static Memory at(Register base) {
    return at(base, 0);
  }

  /** {@code [base + displacement]}. */
  public static Memory at(Register base, int displacement) {
    return new Memory(base, null, 1, displacement);
  }

  /** {@code [base + index * scale]}. */
  public static Memory at(Register base, Register index, int scale) {
    return new Memory(base, index, scale, 0);
  }

  /** The operand some bytes further on. */
  public Memory plus(int bytes) {
    return new Memory(base, index, scale, displacement + bytes);
  }

  /** The index's number; 0 if there is none, so that it sets no bit of a prefix. */
  int indexNumber() {
    return index == null ? 0 : index.number();
  }

  /** In the syntax of GNU as after {@code .intel_syntax noprefix}. */
  @Override
  public String toString() {
    String scaled = index == null ? "" : "+" + index + "*" + scale;
    return "[" + base + scaled + (displacement == 0 ? "" : "%+d".formatted(displacement)) + "]";
  }
}
