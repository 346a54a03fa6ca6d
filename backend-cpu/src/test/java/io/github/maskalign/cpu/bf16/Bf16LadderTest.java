package io.github.maskalign.cpu.bf16;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.DeviceException;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The choice among kernels of BF16. */
@Tag("once")
class Bf16LadderTest {

  private static final Bf16Kernel SLOW = new JavaBf16Kernel();
  private static final Bf16Kernel FAST = new Nothing();

  private static final class Nothing implements Bf16Kernel {
    @Override
    public String description() {
      return "nothing";
    }

    @Override
    public void multiply(int rows, int terms, Rows a, MemorySegment b, Rows addend, Rows c) {}
  }

  private record Rung(String name, boolean multipliesInF32, Attempt open) implements Bf16Rung {}

  private static Rung works(String name) {
    return new Rung(name, false, new Bf16Rung.Attempt.Opened(SLOW));
  }

  private static Rung inF32(Bf16Kernel kernel) {
    return new Rung("in F32", true, new Bf16Rung.Attempt.Opened(kernel));
  }

  private static Rung refused(String name) {
    return new Rung(name, false, new Bf16Rung.Attempt.Refused("because"));
  }

  @Test
  void theFirstThatWorksIsTaken() {
    Bf16Ladder.Choice choice =
        Bf16Ladder.choose(List.of(refused("first"), works("second"), works("third")), null);
    assertSame(SLOW, choice.kernel());
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
    String faster = "; F32 is faster here";
    Bf16Rung fast = new Rung("fast", false, new Bf16Rung.Attempt.Opened(FAST));
    Bf16Ladder.Choice java = Bf16Ladder.choose(List.of(refused("first")), null);
    assertEquals("BF16 products by plain Java; not first: because" + faster, java.explanation());
    assertTrue(Bf16Ladder.choose(List.of(inF32(FAST)), null).explanation().endsWith(faster));
    Bf16Ladder.Choice slow = Bf16Ladder.choose(List.of(works("slow"), inF32(FAST)), null);
    assertEquals("BF16 products by plain Java" + faster, slow.explanation());
    Bf16Ladder.Choice best = Bf16Ladder.choose(List.of(fast, inF32(SLOW)), null);
    assertEquals("BF16 products by nothing", best.explanation());
  }

  @Test
  void oneIsTakenByName() {
    List<Bf16Rung> rungs = List.of(works("first"), refused("second"));
    assertInstanceOf(JavaBf16Kernel.class, Bf16Ladder.choose(rungs, "java").kernel());
    assertSame(SLOW, Bf16Ladder.choose(rungs, "first").kernel());
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
