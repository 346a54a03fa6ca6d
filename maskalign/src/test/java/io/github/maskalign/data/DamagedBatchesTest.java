package io.github.maskalign.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.data.augment.RandomResizedCrop;
import io.github.maskalign.data.augment.RandomResizedCrop.Options;
import io.github.maskalign.data.sets.FashionMnist;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.OutOfMemoryException;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.Picture;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DamagedBatchesTest {

  private static final int SIZE = 50;
  private static final int EACH = 144;
  private static final ChannelStats STATS =
      new ChannelStats(new double[] {0.25}, new double[] {0.5});
  private static final MemoryDataset WHOLE = FashionMnist.testSplit().subset(0, SIZE);
  private static final Augmentation CROPS =
      Augmentation.unlimited(new RandomResizedCrop(Options.preTraining(12, 12), STATS), 7);

  private final List<String> lines = new ArrayList<>();

  private LoaderOptions skipping(double max) {
    return LoaderOptions.standard().withDamage(new DamagePolicy.Skip(max)).withReport(lines::add);
  }

  private static List<Batch> all(DataLoader loader) {
    List<Batch> batches = new ArrayList<>();
    try (loader) {
      loader.forEachRemaining(batch -> batches.add(batch.copy()));
    }
    return batches;
  }

  private static float[] row(Batch batch, int position) {
    return Arrays.copyOfRange(batch.pixels(), position * EACH, (position + 1) * EACH);
  }

  /** Anything but the damaged samples' own places is as it is without damage. */
  @Property(tries = 40)
  void skippingLeavesOtherSamplesAsTheyAre(
      @ForAll @Size(max = 20) Set<@IntRange(max = SIZE - 1) Integer> damaged,
      @ForAll @IntRange(min = 1, max = 6) int workers) {
    BatchSampler batches = BatchSampler.shuffled(SIZE, 8, 3);
    Dataset spoiled = new DamagedPictures(WHOLE, damaged);
    List<Batch> expected = all(DataLoader.start(WHOLE, CROPS, batches, 0, 12));
    LoaderOptions loading = skipping(0.9).withWorkers(workers);
    List<Batch> found = all(DataLoader.start(spoiled, CROPS, batches, 0, 12, loading));

    for (int b = 0; b < expected.size(); b++) {
      Batch whole = expected.get(b);
      Batch skipped = found.get(b);
      for (int i = 0; i < whole.size(); i++) {
        if (!damaged.contains(whole.samples()[i])) {
          assertEquals(whole.samples()[i], skipped.samples()[i]);
          assertArrayEquals(row(whole, i), row(skipped, i));
        } else {
          assertFalse(damaged.contains(skipped.samples()[i]));
          assertEquals(WHOLE.label(skipped.samples()[i]), skipped.labels()[i]);
        }
      }
    }
  }

  @Test
  void theSubstituteIsTheSameFromAnyStartOnAndForAnyWorkers() {
    Dataset spoiled = new DamagedPictures(WHOLE, Set.of(3, 11, 12, 40));
    BatchSampler batches = BatchSampler.shuffled(SIZE, 8, 3);
    List<Batch> whole =
        all(DataLoader.start(spoiled, CROPS, batches, 0, 12, skipping(0.5).withWorkers(1)));
    List<Batch> rest =
        all(DataLoader.start(spoiled, CROPS, batches, 5, 12, skipping(0.5).withWorkers(3)));

    for (int i = 0; i < rest.size(); i++) {
      assertArrayEquals(whole.get(5 + i).samples(), rest.get(i).samples());
      assertArrayEquals(whole.get(5 + i).pixels(), rest.get(i).pixels());
    }
  }

  /** A substitute has the same crop as at its own position, so caches by sample remain valid. */
  @Test
  void aSubstituteHasItsOwnCrop() {
    Dataset spoiled = new DamagedPictures(WHOLE, Set.of(3));
    BatchSampler inOrder = BatchSampler.inOrder(SIZE, SIZE);
    Batch batch = all(DataLoader.start(spoiled, CROPS, inOrder, 0, 1, skipping(0.5))).getFirst();
    int substitute = batch.samples()[3];

    assertFalse(substitute == 3);
    assertArrayEquals(row(batch, substitute), row(batch, 3));
  }

  @Test
  void eachDamagedPictureIsReportedOnceAndSummedUp() {
    Dataset spoiled = new DamagedPictures(WHOLE, Set.of(3, 7));
    BatchSampler inOrder = BatchSampler.inOrder(SIZE, 10);
    DataLoader loader =
        DataLoader.start(spoiled, CROPS, inOrder, 0, 15, skipping(0.04).withWorkers(3));
    all(loader);
    loader.close();

    assertEquals(2, loader.damaged());
    List<String> first = lines.stream().filter(line -> line.startsWith("skipped a")).toList();
    assertTrue(
        first.contains("skipped a damaged image: picture-3.jpg: no picture at all"),
        first::toString);
    assertEquals(2, first.size(), first::toString);
    assertEquals(3, lines.size(), lines::toString);
    assertTrue(lines.getLast().startsWith("damaged: 2 of 50 images; skipped "), lines::getLast);
  }

  @Test
  void tooManyDamagedPicturesEndTheLoading() {
    Dataset spoiled = new DamagedPictures(WHOLE, Set.of(3, 7, 9, 22));
    BatchSampler inOrder = BatchSampler.inOrder(SIZE, 10);
    try (DataLoader loader = DataLoader.start(spoiled, CROPS, inOrder, 0, 5, skipping(0.04))) {
      loader.next();
      loader.next();
      String message = assertThrows(FormatException.class, loader::next).getMessage();
      assertTrue(message.contains("too many damaged images: 4 of 50 so far"), message);
      assertTrue(message.contains("picture-22.jpg: no picture at all"), message);
    }
  }

  /** A share of a small set is less than one picture. */
  @Test
  void aFewDamagedPicturesOfASmallSetAreSkipped() {
    Dataset spoiled = new DamagedPictures(WHOLE.subset(0, 48), Set.of(3, 7, 22));
    BatchSampler inOrder = BatchSampler.inOrder(48, 48);
    LoaderOptions usual = LoaderOptions.standard().withReport(lines::add);
    assertEquals(1, all(DataLoader.start(spoiled, CROPS, inOrder, 0, 1, usual)).size());
    assertEquals(4, lines.size(), lines::toString);
  }

  @Test
  void aShareOfZeroAllowsNoDamagedPicture() {
    Dataset spoiled = new DamagedPictures(WHOLE, Set.of(3));
    BatchSampler inOrder = BatchSampler.inOrder(SIZE, 10);
    try (DataLoader loader = DataLoader.start(spoiled, CROPS, inOrder, 0, 5, skipping(0))) {
      String message = assertThrows(FormatException.class, loader::next).getMessage();
      assertTrue(message.contains("more than the 0 that skip:0.0 allows"), message);
    }
  }

  @Test
  void oneDamagedPictureEndsTheLoadingIfItIsToFail() {
    Dataset spoiled = new DamagedPictures(WHOLE, Set.of(13, 17));
    LoaderOptions failing = LoaderOptions.standard().withDamage(new DamagePolicy.Fail());
    try (DataLoader loader =
        DataLoader.start(spoiled, CROPS, BatchSampler.inOrder(SIZE, 10), 0, 5, failing)) {
      loader.next();
      String message = assertThrows(FormatException.class, loader::next).getMessage();
      assertEquals("picture-13.jpg: no picture at all", message);
    }
  }

  /** A set with a picture for which memory is short. */
  private static final class Large extends DelegatingDataset {

    private final int large;

    Large(Dataset whole, int large) {
      super(whole);
      this.large = large;
    }

    @Override
    public Picture picture(int sample) {
      if (sample == large) {
        throw new OutOfMemoryException(name(sample) + ": needs more memory", null);
      }
      return super.picture(sample);
    }
  }

  /** Otherwise weights and scores would depend on the memory of the machine. */
  @Test
  void aPictureForWhichMemoryIsShortEndsTheLoading() {
    Dataset set = new Large(WHOLE, 13);
    BatchSampler inOrder = BatchSampler.inOrder(SIZE, 10);
    Transform plain = new WholeImage(28, 28, STATS);
    for (DataLoader loader :
        List.of(
            DataLoader.start(set, CROPS, inOrder, 0, 5, skipping(0.9)),
            DataLoader.onePass(set, plain, 10, skipping(0.9)))) {
      try (loader) {
        loader.next();
        String message = assertThrows(OutOfMemoryException.class, loader::next).getMessage();
        assertEquals("picture 13: needs more memory", message);
        assertEquals(0, loader.damaged());
      }
    }
    assertEquals(List.of(), lines);
  }

  @Test
  void onePassLeavesDamagedPicturesOut() {
    // Samples 20 to 29 are the whole third batch; 49 ends the last one.
    Set<Integer> damaged = new HashSet<>(Set.of(3, 49));
    IntStream.range(20, 30).forEach(damaged::add);
    Dataset spoiled = new DamagedPictures(WHOLE, damaged);
    Transform plain = new WholeImage(28, 28, STATS);
    List<Batch> found = all(DataLoader.onePass(spoiled, plain, 10, skipping(0.5)));
    int[] kept = IntStream.range(0, SIZE).filter(i -> !damaged.contains(i)).toArray();

    assertEquals(List.of(9, 10, 10, 9), found.stream().map(Batch::size).toList());
    assertArrayEquals(
        kept, found.stream().flatMapToInt(batch -> Arrays.stream(batch.samples())).toArray());
    Batch expected = all(DataLoader.onePass(WHOLE.select(kept), plain, 38)).getFirst();
    int from = 0;
    for (Batch batch : found) {
      assertArrayEquals(
          Arrays.copyOfRange(expected.pixels(), from, from + batch.pixels().length),
          batch.pixels());
      from += batch.pixels().length;
    }
    assertArrayEquals(
        expected.labels(),
        found.stream().flatMapToInt(batch -> Arrays.stream(batch.labels())).toArray());
  }

  @Test
  void aPassOfWhichNothingIsLeftHasNoBatches() {
    Dataset spoiled = new DamagedPictures(WHOLE.subset(0, 2), Set.of(1));
    Transform plain = new WholeImage(28, 28, STATS);
    assertEquals(1, all(DataLoader.onePass(spoiled, plain, 1, skipping(0.5))).size());
  }

  @Test
  void aSetWithoutAnyWholePictureEndsAtOnce() {
    Dataset spoiled = new DamagedPictures(WHOLE.subset(0, 3), Set.of(0, 1, 2));
    try (DataLoader loader =
        DataLoader.start(
            spoiled, CROPS, BatchSampler.inOrder(3, 1), 0, 3, LoaderOptions.standard())) {
      String message = assertThrows(FormatException.class, loader::next).getMessage();
      assertTrue(message.contains("in a row are damaged"), message);
    }
  }

  @Test
  void policiesAreReadFromWords() {
    assertEquals(new DamagePolicy.Fail(), DamagePolicy.parse("fail"));
    assertEquals(new DamagePolicy.Skip(0.01), DamagePolicy.parse("skip"));
    assertEquals(new DamagePolicy.Skip(0.2), DamagePolicy.parse("skip:0.2"));
    for (String wrong : List.of("", "ignore", "skip:", "skip:x", "skip:1", "skip:-1", "fail:0.1")) {
      assertThrows(ArgumentException.class, () -> DamagePolicy.parse(wrong), wrong);
    }
  }
}
