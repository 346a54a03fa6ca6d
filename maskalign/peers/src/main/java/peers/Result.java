package peers;

import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Times of a contest in nanoseconds, one per round.
 *
 * @param name of the work
 * @param ours times of MaskAlign
 * @param theirs times of the peer
 */
record Result(String name, double[] ours, double[] theirs) {

  /** Median of the rounds' ratios, ours over theirs. */
  double ratio() {
    return Contest.median(
        IntStream.range(0, ours.length).mapToDouble(i -> ours[i] / theirs[i]).toArray());
  }

  /** The rounds of several forks as one contest. */
  static Result pooled(List<Result> forks) {
    return new Result(
        forks.getFirst().name,
        concat(forks.stream().map(Result::ours).toList()),
        concat(forks.stream().map(Result::theirs).toList()));
  }

  private static double[] concat(List<double[]> parts) {
    return parts.stream()
        .map(Arrays::stream)
        .reduce(DoubleStream.empty(), DoubleStream::concat)
        .toArray();
  }
}
