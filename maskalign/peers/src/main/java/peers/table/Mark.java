package peers.table;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import peers.contest.Load;
import peers.contest.Result;
import peers.contest.Times;

/** What makes a row less certain, as a letter in the table. */
enum Mark {
  /** Other work on the machine. */
  L("other processes used more than %.1f of each processor during the rounds"),
  /** The host ran other machines. */
  S("the host gave more than %.0f %% of the processors' time to other machines (steal)"),
  /** Rounds with a compiler in them count. */
  J("a JIT compiler still ran in rounds that count, after the repeats were used up"),
  /** The JVMs disagree. */
  V("the JVMs' ratios of wall time differ by more than a factor of %.1f"),
  /** The warm-up reached its bound. */
  W("the time of a side had not settled when its warm-up ended");

  static final double MOST_LOAD = 0.3;
  static final double MOST_STEAL = 0.02;
  static final double MOST_RANGE = 1.2;

  /** As {@link Result#jitShare}: that of a round that is repeated. */
  private static final double MOST_JIT = 0.005;

  private final String format;

  Mark(String format) {
    this.format = format;
  }

  String meaning() {
    return switch (this) {
      case L -> format.formatted(MOST_LOAD);
      case S -> format.formatted(100 * MOST_STEAL);
      case V -> format.formatted(MOST_RANGE);
      case J, W -> format;
    };
  }

  static Set<Mark> of(Load load) {
    Set<Mark> marks = EnumSet.noneOf(Mark.class);
    if (load.others() > MOST_LOAD) {
      marks.add(L);
    }
    if (load.steal() > MOST_STEAL) {
      marks.add(S);
    }
    return marks;
  }

  /** Those of any of the JVMs. */
  static Set<Mark> of(List<Result> jvms) {
    Set<Mark> marks = EnumSet.noneOf(Mark.class);
    for (Result result : jvms) {
      marks.addAll(of(result.load()));
      if (result.jitShare() > MOST_JIT) {
        marks.add(J);
      }
      if (!Stream.concat(Stream.of(result.ours()), result.peers().stream())
          .allMatch(Times::settled)) {
        marks.add(W);
      }
    }
    if (varies(jvms)) {
      marks.add(V);
    }
    return marks;
  }

  private static boolean varies(List<Result> jvms) {
    return IntStream.range(0, jvms.getFirst().peers().size())
        .mapToObj(peer -> jvms.stream().mapToDouble(jvm -> jvm.wall(peer)).summaryStatistics())
        .anyMatch(ratios -> ratios.getMax() > MOST_RANGE * ratios.getMin());
  }

  static String letters(Set<Mark> marks) {
    return marks.stream().map(Mark::name).collect(Collectors.joining(" "));
  }
}
