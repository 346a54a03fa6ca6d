package io.github.maskalign.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.github.maskalign.data.Batch;
import io.github.maskalign.data.BatchSampler;
import io.github.maskalign.data.DataLoader;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.HangingPictures;
import io.github.maskalign.data.LoaderOptions;
import io.github.maskalign.data.WholeImage;
import io.github.maskalign.train.checkpoint.Checkpoint;
import io.github.maskalign.train.checkpoint.CheckpointStore;
import io.github.maskalign.train.checkpoint.RunFolder;
import io.github.maskalign.vit.image.ChannelStats;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A signal ends a run whose data set hangs, and no half of a step is saved. */
@Timeout(60)
class HangingRunTest {

  @TempDir private Path folder;
  private final AtomicReference<IntConsumer> signal = new AtomicReference<>();

  private StopSignal stoppable() {
    return StopSignal.install(
        (_, handler) -> {
          signal.set(handler);
          return () -> {};
        },
        _ -> {},
        () -> {});
  }

  private List<Long> saved() {
    return new CheckpointStore(RunFolder.at(folder).checkpoints(), 1)
        .all().stream().map(Checkpoint::step).toList();
  }

  /** A signal arrives while a run waits for a batch. */
  private final class Signaled extends DelegatingTraining {
    private final int number;
    private int waits;

    Signaled(Training training, int number) {
      super(training);
      this.number = number;
    }

    @Override
    public StepReport step(Iterator<Batch> batches, int count) {
      return super.step(
          new Iterator<>() {
            @Override
            public boolean hasNext() {
              return batches.hasNext();
            }

            @Override
            public Batch next() {
              if (waits++ == number) {
                signal.get().accept(15);
              }
              return batches.next();
            }
          },
          count);
    }
  }

  private static TrainerConfig with(Dataset images, TrainerConfig plan) {
    return new TrainerConfig(
        images,
        plan.augmentation(),
        BatchSampler.inOrder(TinyRun.PICTURES, TinyRun.BATCH),
        plan.epochs(),
        plan.accumulate(),
        plan.logging(),
        plan.saving());
  }

  @ParameterizedTest
  @CsvSource({"1, 2, 2", "2, 2, 1", "2, 3,"})
  @Tag("slow")
  void aStepThatHasItsFirstBatchIsNotSaved(int accumulate, int hangs, Long step) {
    HangingPictures pictures;
    try (TinyRun run = new TinyRun("cpu", 1);
        StopSignal stop = stoppable()) {
      pictures = new HangingPictures(TinyRun.pictures(), hangs * TinyRun.BATCH);
      Trainer trainer =
          new Trainer(
              "test",
              new Signaled(run.training, hangs),
              with(pictures, run.plan(accumulate)),
              RunFolder.at(folder),
              (_, _) -> Metrics.none());
      assertFalse(trainer.train(stop, true));
      assertEquals(step == null ? List.of() : List.of(step), saved());
    }
    pictures.release();
  }

  @Test
  void aStepWhoseEvaluationHangsIsNotSaved() {
    try (TinyRun run = new TinyRun("cpu", 1);
        StopSignal stop = stoppable()) {
      HangingPictures pictures = new HangingPictures(TinyRun.pictures(), 0);
      LoaderOptions loading =
          LoaderOptions.standard()
              .withStop(
                  () -> {
                    pictures.release(); // Only lets the loader close at once.
                    return stop.requested();
                  });
      WholeImage view =
          new WholeImage(8, 8, new ChannelStats(new double[] {0.5}, new double[] {0.25}));
      Trainer trainer =
          new Trainer(
              "test",
              run.training,
              run.plan(1),
              RunFolder.at(folder),
              (_, _) -> {
                signal.get().accept(15);
                try (DataLoader loader = DataLoader.onePass(pictures, view, 8, loading)) {
                  return Metrics.logged(Map.of("n", (double) loader.next().size()));
                }
              });
      assertFalse(trainer.train(stop, true));
      assertEquals(List.of(), saved());
    }
  }
}
