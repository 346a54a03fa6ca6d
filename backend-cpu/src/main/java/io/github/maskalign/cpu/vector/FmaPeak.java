package io.github.maskalign.cpu.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The rate of fused multiply-adds that one thread reaches with everything in registers: an upper
 * bound for products. Measured on demand, since a processor's clock depends on load and
 * temperature.
 */
public final class FmaPeak {

  private static final VectorSpecies<Float> S = Lanes.F32;

  /** Independent sums: more than a multiply-add's latency times the number of its units. */
  private static final int CHAINS = 12;

  private static final int STEPS = 10_000;

  /**
   * Consecutive rounds without improvement that end the search: enough for C2 to compile the loop.
   */
  private static final int PATIENCE = 500;

  private FmaPeak() {}

  /** FLOP/s, counting a multiply-add as two: the best of about a thousand short rounds. */
  public static double measure() {
    double best = 0;
    for (int since = 0; since < PATIENCE; since++) {
      double rate = rate(STEPS);
      if (rate > best) {
        best = rate;
        since = 0;
      }
    }
    return best;
  }

  /** FLOP/s of one round. */
  static double rate(int steps) {
    long start = System.nanoTime();
    float sum = chains(steps);
    long nanos = System.nanoTime() - start;
    if (!(sum > 0)) {
      throw new IllegalStateException("sums of positive terms came to " + sum);
    }
    return 2e9 * CHAINS * S.length() * steps / nanos;
  }

  private static float chains(int steps) {
    FloatVector x = FloatVector.broadcast(S, 0.999f);
    FloatVector y = FloatVector.broadcast(S, 1e-6f);
    FloatVector a = x, b = x, c = x, d = x, e = x, f = x;
    FloatVector g = x, h = x, i = x, j = x, k = x, l = x;
    for (int step = 0; step < steps; step++) {
      a = x.fma(y, a);
      b = x.fma(y, b);
      c = x.fma(y, c);
      d = x.fma(y, d);
      e = x.fma(y, e);
      f = x.fma(y, f);
      g = x.fma(y, g);
      h = x.fma(y, h);
      i = x.fma(y, i);
      j = x.fma(y, j);
      k = x.fma(y, k);
      l = x.fma(y, l);
    }
    FloatVector sum = a.add(b).add(c).add(d).add(e).add(f);
    return sum.add(g).add(h).add(i).add(j).add(k).add(l).reduceLanes(VectorOperators.ADD);
  }
}
