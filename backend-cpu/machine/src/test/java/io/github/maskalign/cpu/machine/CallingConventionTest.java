package io.github.maskalign.cpu.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.cpu.machine.x86.Listing;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Kernels leave the caller's registers as they were. No product shows whether they do, as compiled
 * Java code expects no register to survive a call.
 */
class CallingConventionTest {

  /** Of the System V ABI, with rsp and rbp, which are restored in another way. */
  private static final List<String> CALLERS = List.of("rbx", "r12", "r13", "r14", "r15");

  static List<MachineRung> rungs() {
    return MachineRung.ALL;
  }

  @ParameterizedTest
  @MethodSource("rungs")
  void registersOfTheCallerAreSaved(MachineRung rung) {
    for (int rows = 1; rows <= rung.maxRows(); rows++) {
      Listing code = new Listing();
      rung.emit(code, rows);
      List<String> lines = code.lines().stream().map(Listing.Line::text).toList();
      List<String> pushed = operands(lines, "push ");
      assertEquals(pushed.reversed(), operands(lines, "pop "));
      for (String register : CALLERS) {
        Pattern name = Pattern.compile("\\b" + register + "\\b");
        if (lines.stream().anyMatch(line -> name.matcher(line).find())) {
          assertTrue(pushed.contains(register), register);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("rungs")
  void theStackIsRestored(MachineRung rung) {
    Listing code = new Listing();
    rung.emit(code, rung.maxRows());
    List<String> lines = code.lines().stream().map(Listing.Line::text).toList();
    assertEquals(List.of("push rbp", "mov rbp, rsp"), lines.subList(0, 2));
    assertEquals(
        List.of("pop rbp", "vzeroupper", "ret"), lines.subList(lines.size() - 3, lines.size()));
    assertEquals(operands(lines, "sub rsp, "), operands(lines, "add rsp, "));
    assertEquals(1, operands(lines, "sub rsp, ").size());
  }

  private static List<String> operands(List<String> lines, String instruction) {
    return lines.stream()
        .filter(line -> line.startsWith(instruction))
        .map(line -> line.substring(instruction.length()))
        .toList();
  }
}
