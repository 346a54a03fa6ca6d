package io.github.maskalign.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.ArgumentException;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class BatchSamplerTest {

  @Property(tries = 100)
  void anEpochHoldsEverySampleOnce(
      @ForAll @IntRange(min = 1, max = 50) int samples,
      @ForAll @IntRange(min = 1, max = 12) int batchSize,
      @ForAll @IntRange(max = 3) int epoch,
      @ForAll long seed) {
    BatchSampler inOrder = BatchSampler.inOrder(samples, batchSize);
    int[] seen = new int[samples];
    for (long i = 0; i < inOrder.perEpoch(); i++) {
      for (int sample : inOrder.samples(epoch * inOrder.perEpoch() + i)) {
        seen[sample]++;
      }
    }
    assertTrue(Arrays.stream(seen).allMatch(n -> n == 1));
    if (samples < batchSize) {
      assertThrows(ArgumentException.class, () -> BatchSampler.shuffled(samples, batchSize, seed));
      return;
    }
    BatchSampler shuffled = BatchSampler.shuffled(samples, batchSize, seed);
    assertEquals(samples / batchSize, shuffled.perEpoch());
    for (long i = 0; i < shuffled.perEpoch(); i++) {
      int[] batch = shuffled.samples(epoch * shuffled.perEpoch() + i);
      assertEquals(batchSize, batch.length);
      for (int sample : batch) {
        assertEquals(1, seen[sample]--);
      }
    }
    assertEquals(samples % batchSize, Arrays.stream(seen).sum());
  }

  @Test
  void everyEpochAndSeedHasItsOwnOrder() {
    BatchSampler one = BatchSampler.shuffled(50, 50, 1);
    assertArrayEquals(one.samples(0), BatchSampler.shuffled(50, 50, 1).samples(0));
    assertFalse(Arrays.equals(one.samples(0), one.samples(1)));
    assertFalse(Arrays.equals(one.samples(0), BatchSampler.shuffled(50, 50, 2).samples(0)));
  }
}
