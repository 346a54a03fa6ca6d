package io.github.maskalign.cpu.bf16;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.DeviceException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The choice among kernels of BF16. */
@Tag("once")
class Bf16LadderTest {

  private static final Bf16Kernel KERNEL = new JavaBf16Kernel();

  private record Rung(String name, Attempt open) implements Bf16Rung {}

  private static Rung works(String name) {
    return new Rung(name, new Bf16Rung.Attempt.Opened(KERNEL));
  }

  private static Rung refused(String name) {
    return new Rung(name, new Bf16Rung.Attempt.Refused("because"));
  }

  @Test
  void theFirstThatWorksIsTaken() {
    Bf16Ladder.Choice choice =
        Bf16Ladder.choose(List.of(refused("first"), works("second"), works("third")), null);
    assertSame(KERNEL, choice.kernel());
    assertEquals(List.of("not first: because"), choice.refusals());
  }

  @Test
  void javaIsTheLast() {
    Bf16Ladder.Choice choice = Bf16Ladder.choose(List.of(refused("first")), null);
    assertInstanceOf(JavaBf16Kernel.class, choice.kernel());
    assertEquals(List.of("not first: because"), choice.refusals());
  }

  @Test
  void theExplanationSaysWhetherF32IsFaster() {
    Bf16Ladder.Choice choice = Bf16Ladder.choose(List.of(refused("first")), null);
    assertEquals("BF16 products by plain Java; not first: because", choice.explanation(0));
    assertTrue(choice.explanation(1e18).endsWith("; F32 is faster here"));
  }

  @Test
  void oneIsTakenByName() {
    List<Bf16Rung> rungs = List.of(works("first"), refused("second"));
    assertInstanceOf(JavaBf16Kernel.class, Bf16Ladder.choose(rungs, "java").kernel());
    assertSame(KERNEL, Bf16Ladder.choose(rungs, "first").kernel());
    Exception refusal =
        assertThrows(DeviceException.class, () -> Bf16Ladder.choose(rungs, "second"));
    assertTrue(refusal.getMessage().contains("because"), refusal.getMessage());
    Exception unknown =
        assertThrows(ArgumentException.class, () -> Bf16Ladder.choose(rungs, "other"));
    assertTrue(unknown.getMessage().contains("first, second, java"), unknown.getMessage());
  }

  /** Without the jar of the kernels, BF16 is refused with the jar's name. */
  @Test
  void withoutAProviderItIsRefused() {
    Exception refusal = assertThrows(DeviceException.class, Bf16Ladder::choose);
    assertTrue(
        refusal.getMessage().contains("maskalign-backend-cpu-machine"), refusal.getMessage());
  }
}
