package peers.contest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import peers.contest.FakeMachine.FakeSide;

class WarmUpTest {

  private static final long SECOND = 1_000_000_000L;

  private final FakeMachine machine = new FakeMachine();
  private final WarmUp warmUp = new WarmUp(() -> machine.wall, () -> machine.jit);

  @Test
  void stopsAfterTwoEqualWindows() {
    FakeSide steady = machine.side(call -> SECOND, call -> 0);
    WarmUp.Report report = warmUp.run(steady, 1);
    assertTrue(report.settled());
    assertEquals(2 * WarmUp.WINDOW_CALLS, report.calls());
    assertEquals(2 * WarmUp.WINDOW_CALLS, steady.calls);
    assertEquals(SECOND, report.call());
    assertEquals(2.0 * WarmUp.WINDOW_CALLS, report.seconds(), 1e-9);
  }

  @Test
  void aShortCallFillsTheTimeOfItsWindows() {
    WarmUp.Report report = warmUp.run(machine.side(call -> 1_000_000, call -> 0), 1);
    assertEquals(2 * WarmUp.WINDOW_NANOS / 1_000_000, report.calls());
  }

  @Test
  void waitsUntilTheTimeNoLongerFalls() {
    // 3 s, 1.5 s, 1 s, 1 s per window of three calls.
    long[] nanos = {3 * SECOND, 3 * SECOND / 2, SECOND};
    FakeSide falling = machine.side(call -> nanos[Math.min(2, call / 3)], call -> 0);
    WarmUp.Report report = warmUp.run(falling, 2);
    assertTrue(report.settled());
    assertEquals(12, report.calls());
    assertEquals(SECOND, report.call());
  }

  @Test
  void aRunningCompilerIsWaitedFor() {
    // The compiler works until the ninth call, without an effect on the time of the calls.
    FakeSide side = machine.side(call -> SECOND, call -> call < 9 ? SECOND / 10 : 0);
    assertEquals(15, warmUp.run(side, 1).calls());
  }

  @Test
  void aLittleCompilingIsNone() {
    FakeSide side = machine.side(call -> SECOND, call -> SECOND / 1000);
    assertEquals(6, warmUp.run(side, 1).calls());
  }

  @Test
  void givesUpAfterTheMostWindows() {
    // Every window takes twice the time of the one before, or half of it.
    FakeSide unsteady =
        machine.side(call -> call / 3 % 2 == 0 ? SECOND / 4 : SECOND / 2, call -> 0);
    WarmUp.Report report = warmUp.run(unsteady, 1);
    assertFalse(report.settled());
    assertEquals(3 * WarmUp.MOST_WINDOWS, report.calls());
  }

  @Test
  void givesUpAfterTheMostTimeButNotBeforeTheLeastWindows() {
    FakeSide slow = machine.side(call -> call / 3 % 2 == 0 ? 20 * SECOND : 40 * SECOND, call -> 0);
    WarmUp.Report report = warmUp.run(slow, 1);
    assertFalse(report.settled());
    assertEquals(3 * WarmUp.LEAST_WINDOWS, report.calls());
  }

  /** Processor time of one thread, wall time of several. */
  @Test
  void whatMustSettleDependsOnTheThreads() {
    int[] cpu = {-5};
    Side side =
        new Side() {
          @Override
          public String name() {
            return "processor time halves";
          }

          @Override
          public Sample time(int calls) {
            machine.wall += SECOND;
            return new Sample(SECOND, 1.0 * SECOND / Math.min(20, ++cpu[0]));
          }
        };
    assertEquals(6, warmUp.run(side, 2).calls());
    assertTrue(warmUp.run(side, 1).calls() > 6);
  }
}
