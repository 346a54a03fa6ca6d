package io.github.maskalign.cpu.machine.x86;

/** The two kinds of vector registers that the kernels use. */
public enum VectorWidth {
  /** 256 bits, of AVX and AVX2; encoded with a VEX prefix. */
  YMM(32, 16),
  /** 512 bits, of AVX-512; encoded with an EVEX prefix. */
  ZMM(64, 32);

  private final int bytes;
  private final int registers;

  VectorWidth(int bytes, int registers) {
    this.bytes = bytes;
    this.registers = registers;
  }

  /** Bytes of a register. */
  public int bytes() {
    return bytes;
  }

  /** The number of registers. */
  public int registers() {
    return registers;
  }

  /** The register of a number. */
  public VectorRegister register(int number) {
    return new VectorRegister(this, number);
  }
}
