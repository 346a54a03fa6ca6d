package io.github.maskalign.train;

import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.DatasetIdentity;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.Printable;
import io.github.maskalign.tensor.error.Quantity;
import io.github.maskalign.train.checkpoint.Checkpoint;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Holds the inputs of a run against those of a checkpoint, and against the files as they are. */
final class InputCheck {

  private static final int SHOWN = 3;

  private final TrainerConfig plan;
  private final String numerics;
  private @Nullable RunInputs started;
  private long[] files = {};

  /**
   * Reads nothing yet.
   *
   * @param numerics what decides the bits on the backend
   */
  InputCheck(TrainerConfig plan, String numerics) {
    this.plan = plan;
    this.numerics = numerics;
  }

  /** The inputs as they were when this was called first. */
  RunInputs started() {
    if (started == null) {
      started = RunInputs.of(plan, numerics);
      files = plan.images().fileStates();
    }
    return started;
  }

  /**
   * Compares the inputs with those of the checkpoint to resume. Data that differ are refused; where
   * only bits differ, a line says so.
   *
   * @param then null if the checkpoint does not record them
   * @return whether scores can be compared with those before
   * @throws ArgumentException if the training data differ
   */
  boolean resumes(Checkpoint checkpoint, @Nullable RunInputs then, Consumer<String> notes) {
    RunInputs now = started();
    if (then == null) {
      notes.accept(
          ("Checkpoint %d is of an earlier version: it has no checksums, and no record of its data"
                  + " and machine to compare with")
              .formatted(checkpoint.step()));
      return true;
    }
    if (!then.data().equals(now.data())) {
      throw new ArgumentException(
          "the training data are not those of %s: it has %s; restore them, or start a new run with another --out"
              .formatted(checkpoint.folder(), then.data().changeTo(now.data())));
    }
    String changes = then.numericsChange(now);
    if (!changes.isEmpty()) {
      notes.accept(
          "The bits will differ from those of an uninterrupted run, but not what is learned: "
              + changes);
    }
    boolean bothEvaluate = !then.evaluation().isEmpty() && !now.evaluation().isEmpty();
    if (bothEvaluate && !then.evaluation().equals(now.evaluation())) {
      notes.accept("The evaluation data have changed: the best checkpoint is chosen anew");
      return false;
    }
    return true;
  }

  /**
   * Compares the training data with those at the start: pictures that change during a run belong to
   * neither state of the data.
   *
   * @param epochs number of epochs done
   * @throws ArgumentException if they differ
   */
  void requireSameData(int epochs) {
    DatasetIdentity before = started().data();
    DatasetIdentity now = DatasetIdentity.of(plan.images());
    if (!before.equals(now)) {
      throw new ArgumentException(
          ("the training data have changed during the run, noticed after epoch %d: %s%s; this epoch"
                  + " is not saved. Restore the data and resume, or start a new run with another"
                  + " --out")
              .formatted(epochs, before.changeTo(now), changedFiles()));
    }
  }

  /** The first files that differ from those at the start. */
  private String changedFiles() {
    Dataset images = plan.images();
    long[] now = images.fileStates();
    List<String> changed =
        IntStream.range(0, Math.min(now.length, files.length))
            .filter(i -> now[i] != files[i])
            .mapToObj(images::name)
            .toList();
    return changed.isEmpty()
        ? ""
        : " (%s changed: %s)"
            .formatted(Quantity.of(changed.size(), "file"), Printable.line(changed, SHOWN));
  }
}
