package io.github.maskalign.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.data.augment.RandomResizedCrop;
import io.github.maskalign.data.augment.RandomResizedCrop.Options;
import io.github.maskalign.data.sets.FashionMnist;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.ClosedException;
import io.github.maskalign.tensor.error.OutOfMemoryException;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.Picture;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DataLoaderTest {

  private static final ChannelStats STATS =
      new ChannelStats(new double[] {0.25}, new double[] {0.5});

  private static MemoryDataset pictures() {
    return FashionMnist.testSplit().subset(0, 50);
  }

  private static Augmentation crops(long seed) {
    return Augmentation.unlimited(new RandomResizedCrop(Options.preTraining(12, 12), STATS), seed);
  }

  /** Counts requests, and fails on demand. */
  private static final class Counting implements Transform {

    private final AtomicInteger calls = new AtomicInteger();
    private final Throwable failure;
    private final int failAt;

    Counting(Throwable failure, int failAt) {
      this.failure = failure;
      this.failAt = failAt;
    }

    @Override
    public int height() {
      return 1;
    }

    @Override
    public int width() {
      return 1;
    }

    @Override
    public int channels() {
      return 1;
    }

    @Override
    public String description() {
      return "counting";
    }

    @Override
    public void apply(Picture picture, Philox draws, float[] out, int offset) {
      if (calls.incrementAndGet() == failAt) {
        switch (failure) {
          case Error error -> throw error;
          case RuntimeException exception -> throw exception;
          default -> throw new AssertionError(failure);
        }
      }
      out[offset] = picture.offset();
    }
  }

  private static List<Batch> all(DataLoader loader) {
    List<Batch> batches = new ArrayList<>();
    try (loader) {
      loader.forEachRemaining(batch -> batches.add(batch.copy()));
    }
    return batches;
  }

  @Test
  void theSameArraysHoldAllBatches() {
    Set<float[]> arrays = Collections.newSetFromMap(new IdentityHashMap<>());
    LoaderOptions loading = LoaderOptions.standard().withAhead(2);
    BatchSampler batches = BatchSampler.shuffled(50, 10, 7);
    try (DataLoader loader = DataLoader.start(pictures(), crops(7), batches, 0, 40, loading)) {
      loader.forEachRemaining(batch -> arrays.add(batch.pixels()));
    }
    assertTrue(arrays.size() <= 3, arrays.size() + " arrays; 2 ahead and 1 in use would do");
  }

  @Test
  void aLoaderStartedLaterGoesOnExactly() {
    MemoryDataset set = pictures();
    BatchSampler batches = BatchSampler.shuffled(50, 16, 7);
    List<Batch> whole = all(DataLoader.start(set, crops(7), batches, 0, 8));
    List<Batch> rest = all(DataLoader.start(set, crops(7), batches, 4, 8));

    assertEquals(8, whole.size());
    assertEquals(4, rest.size());
    for (int i = 0; i < 4; i++) {
      Batch expected = whole.get(4 + i);
      Batch found = rest.get(i);
      assertEquals(4 + i, found.number());
      assertEquals((4 + i) / 3, found.epoch());
      assertArrayEquals(expected.samples(), found.samples());
      assertArrayEquals(expected.pixels(), found.pixels());
      assertArrayEquals(batches.samples(4 + i), found.samples());
    }
  }

  @Property(tries = 30)
  void anyNumberOfWorkersMakesTheSameBatches(
      @ForAll @IntRange(min = 1, max = 9) int workers,
      @ForAll @IntRange(min = 1, max = 5) int ahead,
      @ForAll @IntRange(min = 1, max = 50) int batchSize) {
    BatchSampler batches = BatchSampler.shuffled(50, batchSize, 7);
    LoaderOptions one = LoaderOptions.standard().withWorkers(1).withAhead(1);
    LoaderOptions several = LoaderOptions.standard().withWorkers(workers).withAhead(ahead);
    List<Batch> expected = all(DataLoader.start(pictures(), crops(7), batches, 1, 9, one));
    List<Batch> found = all(DataLoader.start(pictures(), crops(7), batches, 1, 9, several));

    assertEquals(8, found.size());
    for (int i = 0; i < 8; i++) {
      assertEquals(1 + i, found.get(i).number());
      assertArrayEquals(expected.get(i).samples(), found.get(i).samples());
      assertArrayEquals(expected.get(i).labels(), found.get(i).labels());
      assertArrayEquals(expected.get(i).pixels(), found.get(i).pixels());
    }
  }

  @Test
  void aSampleIsAugmentedAlikeInAnyBatch() {
    MemoryDataset set = pictures();
    Batch one =
        all(DataLoader.start(set, crops(7), BatchSampler.shuffled(50, 50, 3), 0, 1)).getFirst();
    Batch other =
        all(DataLoader.start(set, crops(7), BatchSampler.inOrder(50, 50), 0, 1)).getFirst();
    for (int i = 0; i < 50; i++) {
      int sample = one.samples()[i];
      assertArrayEquals(
          Arrays.copyOfRange(other.pixels(), sample * 144, sample * 144 + 144),
          Arrays.copyOfRange(one.pixels(), i * 144, i * 144 + 144));
    }
  }

  @Test
  void fixedCropsAreThoseOfTheFirstEpochsAgain() {
    MemoryDataset set = pictures();
    BatchSampler batches = BatchSampler.inOrder(50, 50);
    List<Batch> free = all(DataLoader.start(set, crops(7), batches, 0, 5));
    Augmentation two = new Augmentation(crops(7).transform(), 7, 2);
    List<Batch> fixed = all(DataLoader.start(set, two, batches, 0, 5));
    for (int epoch = 0; epoch < 5; epoch++) {
      assertArrayEquals(free.get(epoch % 2).pixels(), fixed.get(epoch).pixels());
    }
    assertFalse(Arrays.equals(free.get(0).pixels(), free.get(1).pixels()));
  }

  @Test
  void onePassKeepsOrderLabelsAndTheRest() {
    MemoryDataset set = pictures();
    List<Batch> batches = all(DataLoader.onePass(set, new WholeImage(28, 28, STATS), 20));

    assertEquals(List.of(20, 20, 10), batches.stream().map(Batch::size).toList());
    Batch last = batches.get(2);
    assertArrayEquals(Arrays.copyOfRange(set.labels(), 40, 50), last.labels());
    assertEquals(10 * 784, last.pixels().length);
    float[] expected = new float[784];
    new WholeImage(28, 28, STATS).apply(set.picture(49), Philox.of(0), expected, 0);
    assertArrayEquals(expected, Arrays.copyOfRange(last.pixels(), 9 * 784, 10 * 784));
  }

  @Test
  void anEmptySetHasNoBatches() {
    assertEquals(
        List.of(),
        all(DataLoader.onePass(pictures().subset(0, 0), new WholeImage(28, 28, STATS), 8)));
  }

  @Test
  void errorsReachTheConsumerInTheirTurn() {
    for (Throwable failure :
        new Throwable[] {new IllegalStateException("bad picture"), new AssertionError("bug")}) {
      Counting transform = new Counting(failure, 25);
      LoaderOptions oneByOne = LoaderOptions.standard().withWorkers(1);
      try (DataLoader loader = DataLoader.onePass(pictures(), transform, 10, oneByOne)) {
        loader.next();
        loader.next();
        assertSame(failure, assertThrows(failure.getClass(), loader::next));
        assertThrows(ClosedException.class, loader::next);
      }
    }
  }

  @Test
  void aLackOfMemoryNamesTheSample() {
    OutOfMemoryError failure = new OutOfMemoryError("heap");
    LoaderOptions oneByOne = LoaderOptions.standard().withWorkers(1);
    try (DataLoader loader =
        DataLoader.onePass(pictures(), new Counting(failure, 5), 10, oneByOne)) {
      OutOfMemoryException named = assertThrows(OutOfMemoryException.class, loader::next);
      assertSame(failure, named.getCause());
      assertTrue(named.getMessage().contains("picture 4: the view of it needs"), named::getMessage);
    }
  }

  @Test
  void theLoaderStaysTwoAheadAndStopsWhenClosed() throws InterruptedException {
    Counting transform = new Counting(new AssertionError(), -1);
    BatchSampler batches = BatchSampler.inOrder(50, 10);
    DataLoader loader =
        DataLoader.start(
            pictures(), Augmentation.unlimited(transform, 0), batches, 0, 1_000_000_000);
    loader.next();
    // Three are made ahead of the consumer.
    while (transform.calls.get() < 40) {
      Thread.sleep(1);
    }
    Thread.sleep(50);
    assertEquals(40, transform.calls.get());
    assertTrue(loader.waitedSeconds() >= 0);

    loader.close();
    loader.close();

    assertTrue(
        Thread.getAllStackTraces().keySet().stream()
            .noneMatch(thread -> thread.getName().startsWith("maskalign-loader")));
    assertThrows(ClosedException.class, loader::next);
  }

  /** The loader keeps no more than the batches that are ready or being loaded. */
  @Property(tries = 20)
  void noMorePicturesAreLoadedThanFitAhead(
      @ForAll @IntRange(min = 1, max = 5) int workers,
      @ForAll @IntRange(min = 1, max = 4) int ahead) {
    Counting transform = new Counting(new AssertionError(), -1);
    LoaderOptions loading = LoaderOptions.standard().withWorkers(workers).withAhead(ahead);
    try (DataLoader loader =
        DataLoader.start(
            pictures(),
            Augmentation.unlimited(transform, 0),
            BatchSampler.shuffled(50, 10, 1),
            0,
            1_000_000_000,
            loading)) {
      for (int taken = 1; taken <= 50; taken++) {
        loader.next();
        int loaded = transform.calls.get();
        assertTrue(loaded <= (taken + ahead) * 10, loaded + " after " + taken);
      }
    }
  }

  @Test
  void asksTooMuchAreRefused() {
    MemoryDataset set = pictures();
    Transform plain = new WholeImage(28, 28, STATS);
    assertThrows(ArgumentException.class, () -> new Augmentation(plain, 0, 0));
    assertThrows(
        ArgumentException.class,
        () -> DataLoader.start(set, crops(0), BatchSampler.inOrder(49, 7), 0, 1));
    assertThrows(ArgumentException.class, () -> BatchSampler.inOrder(10, 0));
    try (DataLoader loader = DataLoader.onePass(set, plain, 50)) {
      loader.next();
      assertFalse(loader.hasNext());
      assertThrows(NoSuchElementException.class, loader::next);
    }
  }
}
