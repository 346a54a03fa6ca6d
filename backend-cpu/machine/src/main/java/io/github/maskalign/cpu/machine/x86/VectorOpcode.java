package io.github.maskalign.cpu.machine.x86;

/**
 * The opcode of a vector instruction. Intel's manual writes it as {@code EVEX.512.66.0F38.W0 B8
 * /r}, for example: prefix 66, map 0F38, opcode B8. All that the kernels use are W0.
 *
 * @param prefix the prefix that the instruction implies
 * @param map the table of opcodes
 * @param code the opcode, a byte
 */
record VectorOpcode(Prefix prefix, Map map, int code) {

  /** Prefixes that became a part of the opcode; an ordinal is the field pp. */
  enum Prefix {
    NONE,
    P66,
    PF3,
    PF2
  }

  /** Tables of opcodes; an ordinal is the field mm. */
  enum Map {
    LEGACY,
    M0F,
    M0F38
  }
}
