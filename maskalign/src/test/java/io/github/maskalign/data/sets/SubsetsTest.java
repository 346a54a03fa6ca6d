package io.github.maskalign.data.sets;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.MemoryDataset;
import io.github.maskalign.tensor.error.ArgumentException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class SubsetsTest {

  /** Images of one pixel, their own number; class 0 has half of them, class 1 a third. */
  private static MemoryDataset numbered(int size) {
    byte[] pixels = new byte[size];
    int[] labels = new int[size];
    for (int i = 0; i < size; i++) {
      pixels[i] = (byte) i;
      labels[i] = i % 2 == 0 ? 0 : i % 3 == 0 ? 1 : 2;
    }
    return MemoryDataset.labeled(pixels, 1, 1, 1, labels, List.of("a", "b", "c"));
  }

  private static int[] numbers(Dataset set) {
    return IntStream.range(0, set.size())
        .map(i -> set.picture(i).pixels()[set.picture(i).offset()] & 0xff)
        .toArray();
  }

  @Property(tries = 200)
  void theTwoPartsOfASplitAreTheWhole(
      @ForAll @IntRange(min = 6, max = 200) int size,
      @ForAll @DoubleRange(min = 0.01, max = 1) double share,
      @ForAll long seed) {
    MemoryDataset whole = numbered(size);
    Subsets.Split split = Subsets.split(whole, share, seed);
    int[] both =
        IntStream.concat(
                Arrays.stream(numbers(split.chosen())), Arrays.stream(numbers(split.rest())))
            .sorted()
            .toArray();
    assertArrayEquals(numbers(whole), both);
    for (int label = 0; label < 3; label++) {
      int wanted = label;
      long all = Arrays.stream(whole.labels()).filter(l -> l == wanted).count();
      long chosen = Arrays.stream(split.chosen().labels()).filter(l -> l == wanted).count();
      assertEquals(all == 0 ? 0 : Math.max(1, Math.rint(share * all)), chosen);
    }
  }

  @Property(tries = 100)
  void aLimitKeepsOrderAndDrawsBySeed(
      @ForAll @IntRange(min = 1, max = 100) int max, @ForAll long seed) {
    Dataset limited = Subsets.limit(numbered(100), max, seed);
    int[] numbers = numbers(limited);
    assertEquals(max, numbers.length);
    assertArrayEquals(Arrays.stream(numbers).sorted().distinct().toArray(), numbers);
    assertArrayEquals(numbers, numbers(Subsets.limit(numbered(100), max, seed)));
  }

  @Test
  void otherSeedsDrawOthers() {
    assertFalse(
        Arrays.equals(
            numbers(Subsets.limit(numbered(100), 20, 1)),
            numbers(Subsets.limit(numbered(100), 20, 2))));
    MemoryDataset whole = numbered(10);
    assertSame(whole, Subsets.limit(whole, 10, 1));
  }

  @Test
  void nonsenseIsRefused() {
    MemoryDataset set = numbered(10);
    assertThrows(ArgumentException.class, () -> Subsets.limit(set, 0, 1));
    assertThrows(ArgumentException.class, () -> Subsets.split(set, 0, 1));
    assertThrows(ArgumentException.class, () -> Subsets.split(set, 1.5, 1));
    assertThrows(ArgumentException.class, () -> Subsets.split(set, Double.NaN, 1));
    assertTrue(Subsets.split(set, 1, 1).rest().size() == 0);
  }
}
