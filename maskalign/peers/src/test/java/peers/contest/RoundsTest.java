package peers.contest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import peers.contest.FakeMachine.FakeSide;

class RoundsTest {

  private static final long SECOND = 1_000_000_000L;

  private final FakeMachine machine = new FakeMachine();

  private Rounds.Outcome run(int count, Side... sides) {
    List<Integer> calls = List.of(sides).stream().map(side -> 1).toList();
    return new Rounds(() -> machine.wall, () -> machine.jit, count).run(List.of(sides), calls);
  }

  @Test
  void sidesTakeTurns() {
    FakeSide ours = machine.side(call -> SECOND + call, call -> 0);
    FakeSide theirs = machine.side(call -> 2 * SECOND + call, call -> 0);
    Rounds.Outcome outcome = run(3, ours, theirs);
    assertEquals(0, outcome.dropped());
    assertEquals(0, outcome.jitShare());
    assertEquals(
        List.of(SECOND + 0.0, SECOND + 1.0, SECOND + 2.0),
        outcome.samples().get(0).stream().map(Sample::wall).toList());
    assertEquals(
        List.of(2 * SECOND + 0.0, 2 * SECOND + 1.0, 2 * SECOND + 2.0),
        outcome.samples().get(1).stream().map(Sample::wall).toList());
  }

  @Test
  void aRoundWithACompilerInItIsRepeatedForBothSides() {
    FakeSide ours = machine.side(call -> SECOND, call -> call == 1 ? SECOND / 2 : 0);
    FakeSide theirs = machine.side(call -> SECOND + call, call -> 0);
    Rounds.Outcome outcome = run(3, ours, theirs);
    assertEquals(1, outcome.dropped());
    assertEquals(4, theirs.calls);
    assertEquals(
        List.of(SECOND + 0.0, SECOND + 2.0, SECOND + 3.0),
        outcome.samples().get(1).stream().map(Sample::wall).toList());
    assertEquals(0, outcome.jitShare());
  }

  @Test
  void aCompilerThatNeverRestsCountsInTheEnd() {
    FakeSide busy = machine.side(call -> SECOND, call -> SECOND / 4);
    Rounds.Outcome outcome = run(3, busy);
    assertEquals(3 * Rounds.MOST_DROPPED, outcome.dropped());
    assertEquals(3, outcome.samples().getFirst().size());
    assertEquals(0.25, outcome.jitShare(), 1e-12);
  }

  @Test
  void shortWorkRunsSeveralTimes() {
    assertEquals(1, Rounds.calls(Rounds.MIN_NANOS));
    assertEquals(2, Rounds.calls(Rounds.MIN_NANOS - 1));
    assertEquals(20, Rounds.calls(1e6));
  }
}
