package peers.contest;

import java.util.ArrayList;
import java.util.List;

/**
 * Times sides alternately, round by round, after an adaptive warm-up of each: the speed of a shared
 * machine varies, so only runs close in time are comparable.
 */
public final class Contest {

  private final ProcessClock clock;
  private final CompilerThreads compilers;
  private final int threads;
  private final int rounds;

  /**
   * Creates a contest.
   *
   * @param threads that each side uses
   * @param rounds per contest
   */
  public Contest(int threads, int rounds) {
    this(new ProcessClock(), new CompilerThreads(), threads, rounds);
  }

  private Contest(ProcessClock clock, CompilerThreads compilers, int threads, int rounds) {
    this.clock = clock;
    this.compilers = compilers;
    this.threads = threads;
    this.rounds = rounds;
  }

  /** The same with a third of the rounds, for work that takes seconds. */
  public Contest shorter() {
    return new Contest(clock, compilers, threads, Math.max(3, rounds / 3));
  }

  /** Number of threads that each side uses. */
  public int threads() {
    return threads;
  }

  /**
   * Compares work of this process with other work of this process.
   *
   * @param name of the work
   * @param peer name of the other side
   */
  public Result run(String name, Contender ours, String peer, Contender theirs) {
    return run(name, ours, List.of(new InProcess(peer, theirs, clock)));
  }

  /** Compares work of this process with that of any others. */
  public Result run(String name, Contender ours, List<? extends Side> peers) {
    List<Side> sides = new ArrayList<>();
    sides.add(new InProcess("ours", ours, clock));
    sides.addAll(peers);
    WarmUp warmUp = new WarmUp(System::nanoTime, compilers::nanos);
    List<WarmUp.Report> warm = sides.stream().map(side -> warmUp.run(side, threads)).toList();
    List<Integer> calls = warm.stream().map(report -> Rounds.calls(report.call())).toList();
    LoadMeter meter = new LoadMeter(clock);
    Rounds.Outcome outcome =
        new Rounds(System::nanoTime, compilers::nanos, rounds).run(sides, calls);
    Load load = meter.load();
    List<Times> times = new ArrayList<>();
    for (int i = 0; i < sides.size(); i++) {
      times.add(Times.of(sides.get(i).name(), warm.get(i), outcome.samples().get(i)));
    }
    return new Result(
        name,
        threads,
        times.getFirst(),
        times.subList(1, times.size()),
        load,
        outcome.dropped(),
        outcome.jitShare());
  }
}
