package io.github.maskalign.cpu.machine.x86;

import java.util.Locale;

/** The general registers of 64 bits. An ordinal is a register's number in the encoding. */
public enum Register {
  RAX,
  RCX,
  RDX,
  RBX,
  RSP,
  RBP,
  RSI,
  RDI,
  R8,
  R9,
  R10,
  R11,
  R12,
  R13,
  R14,
  R15;

  int number() {
    return ordinal();
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
