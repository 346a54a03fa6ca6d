package io.github.maskalign.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.data.Augmentation;
import io.github.maskalign.data.BatchSampler;
import io.github.maskalign.data.DataLoader;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.LoaderOptions;
import io.github.maskalign.data.WholeImage;
import io.github.maskalign.train.StoppableBatches.StoppedException;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.Picture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A stop ends a run whose data set hangs, as a network folder does when its server is gone. */
@Timeout(60)
class StoppableBatchesTest {
  private static final int GOOD = 4;

  private final CountDownLatch never = new CountDownLatch(1);

  /** Four pictures, then one whose reading does not return, and no interrupt ends it. */
  private final Dataset hanging =
      new Dataset() {
        @Override
        public int size() {
          return GOOD + 1;
        }

        @Override
        public Picture picture(int sample) {
          while (sample == GOOD) {
            try {
              never.await();
              break;
            } catch (InterruptedException e) {
              // As reading does.
            }
          }
          return new Picture(new byte[1], 0, 1, 1, 1);
        }

        @Override
        public String sha256() {
          return "hanging";
        }
      };

  private DataLoader loader(List<String> said) {
    Augmentation plain =
        Augmentation.unlimited(
            new WholeImage(1, 1, new ChannelStats(new double[] {0}, new double[] {1})), 0);
    BatchSampler batches = BatchSampler.inOrder(hanging.size(), 2);
    return DataLoader.start(
        hanging,
        plain,
        batches,
        0,
        batches.perEpoch(),
        LoaderOptions.standard().withWorkers(2).withReport(said::add));
  }

  @Test
  void aStopEndsTheWaitForABatch() {
    AtomicInteger pictures = new AtomicInteger();
    List<String> said = new ArrayList<>();
    try (DataLoader loader = loader(said)) {
      StoppableBatches batches = new StoppableBatches(loader, () -> true, pictures::addAndGet);
      assertEquals(2, batches.next().size());
      assertEquals(2, batches.next().size());
      assertEquals(GOOD, pictures.get());
      assertTrue(batches.hasNext());
      assertFalse(loader.awaitNext(Duration.ofMillis(1)));
      assertTrue(assertThrows(StoppedException.class, batches::next).isDuringStep());
      batches.stepDone();
      assertFalse(assertThrows(StoppedException.class, batches::next).isDuringStep());
    }
    assertEquals(List.of("1 loader threads are left behind, because reading hangs"), said);
    never.countDown();
  }

  @Test
  void withoutAStopItWaits() throws InterruptedException {
    try (DataLoader loader = loader(new ArrayList<>())) {
      StoppableBatches batches = new StoppableBatches(loader, () -> false, _ -> {});
      batches.next();
      batches.next();
      Thread later = Thread.ofVirtual().start(never::countDown);
      assertEquals(1, batches.next().size());
      later.join();
      assertTrue(loader.awaitNext(Duration.ZERO));
    }
  }
}
