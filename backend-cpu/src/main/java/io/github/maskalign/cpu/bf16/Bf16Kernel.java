package io.github.maskalign.cpu.bf16;

import java.lang.foreign.MemorySegment;

/**
 * The innermost loops of products of BF16. Every implementation computes the same bits.
 *
 * <p>An element is one chain over the terms, two at a time, that begins with its addend: {@code acc
 * = fma(a[odd], b[odd], acc)}, then {@code acc = fma(a[even], b[even], acc)}, each rounded to
 * nearest, ties to even, with denormals read and written as zeros. This is what the instruction
 * {@code vdpbf16ps} computes (Intel, Architecture Instruction Set Extensions, AVX512_BF16), of
 * which {@link Bf16Dot} is the definition in Java. Which NaN results from several is open.
 *
 * <p>So the bits do not depend on how rows, columns and terms are cut, as long as the terms are cut
 * at even ones.
 */
public interface Bf16Kernel {

  /** Columns of a panel of B. */
  int COLUMNS = 32;

  /** The number of terms is a multiple of this; those past the end of a matrix are zeros. */
  int TERMS = 8;

  /** What computes, such as {@code AVX-512 BF16}. */
  String description();

  /**
   * Rows in memory.
   *
   * @param at where the first begins, in bytes
   * @param stride from one to the next, in bytes
   */
  record Rows(MemorySegment memory, long at, long stride) {}

  /**
   * {@code c [rows, 32] = addend [rows, 32] + a [rows, terms] b [terms, 32]}; a and b are BF16, c
   * and the addend F32.
   *
   * @param a at even offsets
   * @param b begins with the panel, packed as [terms / 2, 32, 2], best on a cache line
   * @param addend may be c itself, or one row for all with a stride of 0
   * @throws IndexOutOfBoundsException before anything is computed, if a part of an operand is
   *     outside its memory
   * @throws IllegalStateException if memory is closed
   */
  void multiply(int rows, int terms, Rows a, MemorySegment b, Rows addend, Rows c);
}
