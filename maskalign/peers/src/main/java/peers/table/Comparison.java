package peers.table;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import peers.contest.Median;
import peers.contest.Result;
import peers.contest.Times;

/**
 * The same contest in several JVMs. A figure is the median over the JVMs of the medians of their
 * rounds.
 *
 * @param jvms one result each, with the same sides
 */
public record Comparison(List<Result> jvms) {

  /** Name of the work. */
  String name() {
    return jvms.getFirst().name();
  }

  int threads() {
    return jvms.getFirst().threads();
  }

  /** Names of the peers. */
  List<String> peers() {
    return jvms.getFirst().peers().stream().map(Times::side).toList();
  }

  /** Our wall time over that of a peer. */
  double wall(int peer) {
    return median(result -> result.wall(peer));
  }

  /** Our processor time over that of a peer. */
  double cpu(int peer) {
    return median(result -> result.cpu(peer));
  }

  /**
   * The ratio of times that counts: the worse one with one thread, where both should be equal, and
   * wall time with several, which is what users wait for.
   */
  double counting(int peer) {
    return threads() == 1 ? Math.max(wall(peer), cpu(peer)) : wall(peer);
  }

  /** Some peers, the one that is hardest to beat first. */
  List<Integer> hardestFirst(List<Integer> some) {
    return some.stream().sorted((a, b) -> Double.compare(counting(b), counting(a))).toList();
  }

  Set<Mark> marks() {
    return Mark.of(jvms);
  }

  /**
   * Median wall times of some peers, the range of the JVMs' ratios to the first of them, and the
   * rounds that were repeated.
   */
  String detail(List<Integer> some) {
    StringBuilder text = new StringBuilder("ours ").append(milliseconds(Result::ours));
    for (int peer : some) {
      text.append(", ").append(peers().get(peer)).append(' ');
      text.append(milliseconds(result -> result.peers().get(peer)));
    }
    text.append(" ms");
    if (jvms.size() > 1) {
      double[] ratios = jvms.stream().mapToDouble(result -> result.wall(some.getFirst())).toArray();
      double least = Arrays.stream(ratios).min().orElseThrow();
      double most = Arrays.stream(ratios).max().orElseThrow();
      text.append(String.format(Locale.ROOT, "; wall ratio %.3f to %.3f", least, most));
    }
    int dropped = jvms.stream().mapToInt(Result::dropped).sum();
    if (dropped > 0) {
      text.append("; JIT, repeated rounds: ").append(dropped);
    }
    return text.toString();
  }

  private String milliseconds(Function<Result, Times> side) {
    double nanos = median(result -> Median.of(side.apply(result).wall()));
    return String.format(Locale.ROOT, nanos < 1e8 ? "%.3g" : "%.0f", nanos / 1e6);
  }

  private double median(ToDoubleFunction<Result> figure) {
    return Median.of(jvms.stream().mapToDouble(figure).toArray());
  }
}
