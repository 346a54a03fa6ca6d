package peers.contest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class LoadTest {

  private static final String STAT =
      """
      cpu  100 20 30 4000 50 6 7 80 9 10
      cpu0 50 10 15 2000 25 3 3 40 4 5
      intr 12345
      """;

  @Test
  void readsTheLineOfAllProcessors() {
    // Guests are part of user already.
    assertEquals(new ProcStat(100 + 20 + 30 + 6 + 7, 4000 + 50, 80), ProcStat.parse(STAT));
  }

  @Test
  void refusesOtherText() {
    assertThrows(IllegalArgumentException.class, () -> ProcStat.parse(""));
    assertThrows(IllegalArgumentException.class, () -> ProcStat.parse("cpu0 1 2 3 4 5 6 7 8"));
    assertThrows(IllegalArgumentException.class, () -> ProcStat.parse("cpu 1 2 3"));
  }

  @Test
  void sharesAreOfWhatHasPassed() {
    ProcStat passed = new ProcStat(150, 130, 30).since(new ProcStat(100, 100, 10));
    assertEquals(new ProcStat(50, 30, 20), passed);
    assertEquals(0.5, passed.busyShare());
    assertEquals(0.2, passed.stealShare());
    assertEquals(0, passed.since(passed).busyShare());
    assertEquals(0, passed.since(passed).stealShare());
  }

  /** Two processors, 10 s: 15 s busy, of which 10 s are the contest's. */
  @Test
  void theContestItselfIsNoLoad() {
    Load load = Load.of(new ProcStat(1500, 460, 40), 10_000_000_000L, 10_000_000_000L, 2);
    assertEquals(0.25, load.others(), 1e-12);
    assertEquals(0.02, load.steal(), 1e-12);
  }

  /** The kernel counts in ticks, so the contest can have used more than the machine. */
  @Test
  void aLoadIsNotNegative() {
    assertEquals(0, Load.of(new ProcStat(1, 9, 0), 500, 1000, 1).others());
  }

  /** Else the work of a JVM that has ended would be the load of others. */
  @Test
  void processesThatHaveEndedAreTheContestsOwn() throws IOException, InterruptedException {
    ProcessClock clock = new ProcessClock();
    long children = clock.cpuWithChildren() - clock.cpu();
    String loop = "i=0; while [ $i -lt 200000 ]; do i=$((i + 1)); done";
    assertEquals(0, new ProcessBuilder("sh", "-c", loop).start().waitFor());
    assertTrue(clock.cpuWithChildren() - clock.cpu() > children + 10_000_000);
  }

  @Test
  void aMeterSeesThisProcessAsItsOwn() {
    LoadMeter meter = new LoadMeter(new ProcessClock());
    Load load = meter.load();
    assertTrue(load.others() >= 0 && load.others() <= 1, load::toString);
    assertTrue(load.steal() >= 0 && load.steal() <= 1, load::toString);
  }
}
