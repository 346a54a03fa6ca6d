package io.github.maskalign.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.maskalign.data.sets.FashionMnist;
import io.github.maskalign.vit.image.ChannelStats;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A stop ends the wait for a batch that does not arrive. */
@Timeout(60)
class StoppedLoaderTest {

  private static final Transform PLAIN =
      new WholeImage(28, 28, new ChannelStats(new double[] {0}, new double[] {1}));

  private final HangingPictures pictures =
      new HangingPictures(FashionMnist.testSplit().subset(0, 5), 4);
  private final List<String> said = new ArrayList<>();
  private final LoaderOptions loading =
      LoaderOptions.standard().withWorkers(2).withReport(said::add);

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aStopEndsTheWait(boolean onePass) {
    LoaderOptions stopped = loading.withStop(() -> true);
    BatchSampler batches = BatchSampler.inOrder(5, 2);
    try (DataLoader loader =
        onePass
            ? DataLoader.onePass(pictures, PLAIN, 2, stopped)
            : DataLoader.start(
                pictures, Augmentation.unlimited(PLAIN, 0), batches, 0, 3, stopped)) {
      assertEquals(2, loader.next().size());
      assertEquals(2, loader.next().size());
      assertThrows(StoppedException.class, loader::next);
      if (onePass) {
        pictures.release();
        assertEquals(1, loader.next().size(), "a stop leaves the loader as it was");
      }
    } finally {
      pictures.release();
    }
    assertEquals(
        onePass ? List.of() : List.of("left behind 1 loader thread, because reading hangs"), said);
  }

  @Test
  void whatHasBeenReadIsReturnedAfterAStop() {
    pictures.release();
    try (DataLoader loader = DataLoader.onePass(pictures, PLAIN, 5, loading.withStop(() -> true))) {
      assertEquals(5, loader.next().size());
    }
  }

  @Test
  void withoutAStopItWaits() throws InterruptedException {
    try (DataLoader loader = DataLoader.onePass(pictures, PLAIN, 5, loading)) {
      Thread later = Thread.ofVirtual().start(pictures::release);
      assertEquals(5, loader.next().size());
      later.join();
    }
  }
}
