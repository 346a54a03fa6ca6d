package io.github.maskalign.cpu.machine.x86;

import java.util.Locale;
import java.util.Objects;

/** A vector register, {@code ymm0} to {@code ymm15} or {@code zmm0} to {@code zmm31}. */
public record VectorRegister(VectorWidth width, int number) {

  /**
   * A register.
   *
   * @throws IndexOutOfBoundsException if there is no register of this number
   */
  public VectorRegister {
    Objects.checkIndex(number, width.registers());
  }

  @Override
  public String toString() {
    return width.name().toLowerCase(Locale.ROOT) + number;
  }
}
