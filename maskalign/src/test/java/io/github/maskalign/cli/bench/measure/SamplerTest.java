package io.github.maskalign.cli.bench.measure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.cli.bench.measure.Measurement.Samples;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SamplerTest {

  private static final long MILLI = 1_000_000;

  private long now;
  private long calls;

  private final Sampler sampler = new Sampler(0.3, () -> now);

  @Test
  void aSteadyCallIsWarmedUpForTheSecondsGiven() {
    assertEquals(10 * MILLI, sampler.warmUp(() -> takes(10 * MILLI)).fastest());
    assertEquals(30, calls);
  }

  @Test
  void warmingUpGoesOnWhileCallsGetFaster() {
    // Compiled after a second, and a little faster with every call before that.
    WarmUp warmUp =
        sampler.warmUp(() -> takes(now < 1000 * MILLI ? 60 * MILLI - now / 50 : 5 * MILLI));
    assertEquals(5 * MILLI, warmUp.fastest());
    assertTrue(now >= 1200 * MILLI, () -> "ended after " + now);
    assertTrue(warmUp.settled(0.0046).orElseThrow().seconds() > 1);
    assertEquals(Optional.empty(), warmUp.settled(0.0045));
  }

  @Test
  void theFirstCallThatIsAsFastAsTheMedian() {
    WarmUp warmUp = new WarmUp();
    for (long millis : new long[] {900, 950, 400, 108, 300, 100}) {
      warmUp.add(millis * MILLI);
    }
    assertEquals(new WarmUp.Settled(4, 2.358), rounded(warmUp.settled(0.1).orElseThrow()));
    assertEquals(new WarmUp.Settled(1, 0.9), rounded(warmUp.settled(0.9).orElseThrow()));
  }

  private static WarmUp.Settled rounded(WarmUp.Settled settled) {
    return new WarmUp.Settled(settled.calls(), Math.round(1e6 * settled.seconds()) / 1e6);
  }

  @Test
  void aCallThatTakesLongIsMadeAFewTimes() {
    long fastest = sampler.warmUp(() -> takes(4000 * MILLI)).fastest();
    assertEquals(9, calls);
    calls = 0;
    assertEquals(3, sampler.sample(() -> takes(4000 * MILLI), fastest).calls());
    assertEquals(3, calls);
  }

  @Test
  void shortCallsAreTimedTogether() {
    Samples samples = sampler.sample(() -> takes(MILLI / 10), MILLI / 10);
    assertEquals(150, samples.sorted().length);
    assertEquals(3000, samples.calls());
    assertEquals(1e-4, samples.median(), 1e-12);
  }

  @Test
  void samplesAreSortedAndTheMedianIsInTheMiddle() {
    double[] values = {3, 1, 2, 10};
    Samples samples = new Samples(values, 4);
    assertArrayEquals(new double[] {1, 2, 3, 10}, samples.sorted());
    assertArrayEquals(new double[] {3, 1, 2, 10}, values);
    assertEquals(2.5, samples.median());
    assertEquals(1, samples.best());
    assertEquals(2, new Samples(new double[] {3, 1, 2}, 3).median());
  }

  private void takes(long nanos) {
    now += nanos;
    calls++;
  }
}
