package io.github.maskalign.cpu.machine;

import io.github.maskalign.cpu.bf16.Bf16Kernel;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No kernel touches a byte before or behind its operands; one that did would end the JVM. */
@EnabledOnOs(OS.LINUX)
class GuardPagesTest {

  private static final int MOST_BYTES = 16 << 10;

  /** For a, b, c and the addend. */
  private final List<GuardedMemory> memory =
      Stream.generate(() -> new GuardedMemory(MOST_BYTES)).limit(4).toList();

  private int operand;

  static List<MachineRung> rungs() {
    return MachineRung.ALL;
  }

  @ParameterizedTest
  @MethodSource("rungs")
  void operandsBetweenUnreadablePages(MachineRung rung) {
    Bf16Kernel kernel = Kernels.of(rung);
    for (int rows = 1; rows <= 30; rows++) {
      for (int terms = 8; terms <= 64; terms += 8) {
        for (Panel.Addend addend : Panel.Addend.values()) {
          Panel.Values values = new RandomValues(RandomValues.Kind.ORDINARY, rows);
          int gap = terms % 3;
          operand = 0;
          new Panel(rows, terms, gap, gap, addend, values, n -> memory.get(operand++).last(n))
              .check(kernel);
          operand = 0;
          new Panel(rows, terms, gap, gap, addend, values, n -> memory.get(operand++).first(n))
              .check(kernel);
        }
      }
    }
  }
}
