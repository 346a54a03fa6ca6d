package io.github.maskalign.cpu.bf16;

/** One way to compute products of BF16 on some processors. */
public interface Bf16Rung {

  /** The name, such as {@code avx512-bf16}. */
  String name();

  /** Whether the kernel multiplies in F32: then F32 itself is at least as fast. */
  boolean multipliesInF32();

  /** Opens the kernel, if the processor has what it needs and the JVM may run it. Never throws. */
  Attempt open();

  /** What opening gave. */
  sealed interface Attempt {

    /** The kernel works here. */
    record Opened(Bf16Kernel kernel) implements Attempt {}

    /**
     * The kernel does not work here.
     *
     * @param reason why not, and what to do if something can be done, as a clause
     */
    record Refused(String reason) implements Attempt {}
  }
}
