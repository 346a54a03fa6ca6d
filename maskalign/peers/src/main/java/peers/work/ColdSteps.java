package peers.work;

import io.github.maskalign.tensor.Precision;
import io.github.maskalign.vit.ViTConfig;
import java.util.Arrays;
import peers.contest.Median;

/** Whole MaskAlign steps in a JVM that has just started, for a process of its own. */
public final class ColdSteps {

  private static final int THREADS = 2;

  /** Steps of a run; slow starts have lasted for up to 14. */
  private static final int STEPS = 30;

  /** So many last steps are the steady state. */
  private static final int STEADY = 8;

  private static final double WITHIN = 1.1;

  private ColdSteps() {}

  /** Wall time of each step, in nanoseconds. */
  public static double[] measure(ViTConfig student) {
    double[] nanos = new double[STEPS];
    try (OurWholeStep step = new OurWholeStep(THREADS, Precision.F32, student)) {
      for (int i = 0; i < STEPS; i++) {
        long start = System.nanoTime();
        step.run();
        nanos[i] = System.nanoTime() - start;
      }
    }
    return nanos;
  }

  /** Median of the last steps. */
  public static double steady(double[] nanos) {
    return Median.of(Arrays.copyOfRange(nanos, Math.max(0, nanos.length - STEADY), nanos.length));
  }

  /**
   * Number, counted from 1, of the first step within 10 % of the steady state that is followed by
   * another one: a single fast step between slow ones is none.
   */
  public static int settledAt(double[] nanos) {
    double most = WITHIN * steady(nanos);
    for (int i = 0; i + 1 < nanos.length; i++) {
      if (nanos[i] <= most && nanos[i + 1] <= most) {
        return i + 1;
      }
    }
    return nanos.length;
  }
}
