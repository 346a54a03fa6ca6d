package io.github.maskalign.cpu.machine;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.github.maskalign.cpu.bf16.Bf16Kernel;
import io.github.maskalign.cpu.bf16.Bf16Rung;
import java.util.ArrayList;
import java.util.List;
import org.opentest4j.TestAbortedException;

/** The kernels that this processor runs. */
final class Kernels {

  /**
   * With the value {@code required}, tests fail instead of being skipped where a kernel is refused.
   */
  private static final String PROPERTY = "maskalign.test.bf16";

  private Kernels() {}

  /** A kernel. */
  static Bf16Kernel of(MachineRung rung) {
    Bf16Rung.Attempt attempt = rung.open();
    if (attempt instanceof Bf16Rung.Attempt.Refused refused && !isRequired()) {
      throw new TestAbortedException(rung + ": " + refused.reason());
    }
    return assertInstanceOf(Bf16Rung.Attempt.Opened.class, attempt).kernel();
  }

  /** All that are not refused; at least one. */
  static List<Bf16Kernel> all() {
    List<Bf16Kernel> kernels = new ArrayList<>();
    List<String> reasons = new ArrayList<>();
    for (MachineRung rung : MachineRung.ALL) {
      switch (rung.open()) {
        case Bf16Rung.Attempt.Opened opened -> kernels.add(opened.kernel());
        case Bf16Rung.Attempt.Refused refused -> reasons.add(rung + ": " + refused.reason());
      }
    }
    if (kernels.isEmpty() && !isRequired()) {
      throw new TestAbortedException(reasons.toString());
    }
    if (isRequired() && !reasons.isEmpty()) {
      throw new AssertionError(reasons);
    }
    return kernels;
  }

  private static boolean isRequired() {
    return System.getProperty(PROPERTY, "").equals("required");
  }
}
