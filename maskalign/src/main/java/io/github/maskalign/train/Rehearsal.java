package io.github.maskalign.train;

import io.github.maskalign.autograd.Tape;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.data.Batch;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * Measures how long training takes, on one batch and without an update: loss and gradients are
 * computed and discarded, so that the bits of the run that follows are the same.
 *
 * @since 0.1.0
 */
public final class Rehearsal {

  private static final double SECONDS = 1;

  private static final double MAX_SECONDS = 15;

  /**
   * The JVM takes its time to compile the inner loops: the batch is repeated until it has not been
   * computed clearly faster for so many times.
   */
  private static final int PATIENCE = 8;

  private static final double FASTER = 0.9;

  /** Computed first, in case that a whole batch takes long. */
  private static final int FEW = 8;

  private final Scope scope;
  private final Work work;

  /** What is done with a batch, without a change of any state. */
  @FunctionalInterface
  public interface Work {

    /** Does it, and waits until the backend is done. */
    void run(Scope scope, Batch batch);
  }

  /**
   * A rehearsal.
   *
   * @param scope provides temporary memory
   */
  public Rehearsal(Scope scope, Work work) {
    this.scope = scope;
    this.work = work;
  }

  /**
   * A rehearsal of a training step.
   *
   * @param scope provides temporary memory
   * @param trained the parameters that get gradients
   * @param loss of a batch; must not change any state
   */
  public static Rehearsal ofStep(Scope scope, Collection<Parameter> trained, TrainStep.Loss loss) {
    List<Tensor> values = trained.stream().map(Parameter::value).toList();
    return new Rehearsal(
        scope,
        (inner, batch) -> {
          try (Tape tape = Tape.open(inner, "batch")) {
            tape.watchAll(values);
            Tensor value = loss.of(tape, batch);
            tape.backward(value);
            value.item();
          }
        });
  }

  /** Seconds per image; of a part of the batch if the whole would take long. */
  public double secondsPerImage(Batch batch) {
    Batch few = first(batch, Math.min(FEW, batch.size()));
    double best = fastest(few);
    boolean quick = best * batch.size() / few.size() < SECONDS;
    return quick && few.size() < batch.size() ? fastest(batch) / batch.size() : best / few.size();
  }

  private double fastest(Batch batch) {
    double best = Double.POSITIVE_INFINITY;
    double spent = 0;
    int unchanged = 0;
    while (spent < MAX_SECONDS && (unchanged < PATIENCE || spent < SECONDS)) {
      double seconds = once(batch);
      unchanged = seconds < FASTER * best ? 0 : unchanged + 1;
      best = Math.min(best, seconds);
      spent += seconds;
    }
    return best;
  }

  private double once(Batch batch) {
    long start = System.nanoTime();
    try (Scope inner = scope.child("rehearsal")) {
      work.run(inner, batch.copy());
    }
    return (System.nanoTime() - start) * 1e-9;
  }

  private static Batch first(Batch batch, int count) {
    int[] labels = batch.labels();
    return new Batch(
        batch.number(),
        batch.epoch(),
        Arrays.copyOf(batch.pixels(), count * (batch.pixels().length / batch.size())),
        Arrays.copyOf(batch.samples(), count),
        labels == null ? null : Arrays.copyOf(labels, count),
        batch.channels(),
        batch.height(),
        batch.width());
  }
}
