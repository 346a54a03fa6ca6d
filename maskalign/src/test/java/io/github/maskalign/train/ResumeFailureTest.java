package io.github.maskalign.train;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.OutOfMemoryException;
import io.github.maskalign.tensor.error.TensorException;
import io.github.maskalign.tensor.error.ThreadInterruptedException;
import io.github.maskalign.train.checkpoint.Checkpoint;
import io.github.maskalign.train.checkpoint.RunFolder;
import java.nio.file.Path;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is not the fault of a checkpoint does not make resuming fall back to an older one. */
class ResumeFailureTest {

  /** A training that cannot be restored, for a reason of the machine. */
  private static final class Unable extends DelegatingTraining {
    private final Supplier<TensorException> reason;

    Unable(Training training, Supplier<TensorException> reason) {
      super(training);
      this.reason = reason;
    }

    @Override
    public void restore(Checkpoint checkpoint) {
      throw reason.get();
    }
  }

  static Stream<Supplier<TensorException>> reasons() {
    return Stream.of(
        () -> new OutOfMemoryException("no memory is left", null),
        () -> new ThreadInterruptedException("while reading", new InterruptedException()));
  }

  @ParameterizedTest
  @MethodSource("reasons")
  void isReportedAsItIs(Supplier<TensorException> reason, @TempDir Path folder) {
    try (TinyRun run = new TinyRun("cpu", 1);
        StopSignal never = StopSignal.install((_, _) -> null, _ -> {}, () -> {})) {
      Trainer trainer =
          new Trainer(
              "test",
              new Unable(run.training, reason),
              run.plan(1),
              RunFolder.at(folder),
              (_, _) -> Metrics.none());
      trainer.train(never, true);
      TensorException failure = assertThrows(TensorException.class, trainer::resume);
      assertFalse(failure instanceof FormatException, failure.getMessage());
    } finally {
      Thread.interrupted(); // The exception sets the flag again.
    }
  }
}
