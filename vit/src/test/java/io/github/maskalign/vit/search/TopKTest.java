package io.github.maskalign.vit.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.maskalign.tensor.error.ArgumentException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TopKTest {

  private static TopK offer(int k, int from, double... scores) {
    TopK top = new TopK(k);
    for (int i = 0; i < scores.length; i++) {
      top.offer(from + i, scores[i]);
    }
    return top;
  }

  private static List<Integer> indices(TopK top) {
    return top.best().stream().map(TopK.Scored::index).toList();
  }

  @Test
  void keepsWhatSortingPutsFirst() {
    SplittableRandom random = new SplittableRandom(1);
    for (int k = 1; k < 40; k += 3) {
      double[] scores = random.ints(30, 0, 10).asDoubleStream().toArray();
      List<Integer> sorted =
          IntStream.range(0, scores.length)
              .boxed()
              .sorted(Comparator.comparingDouble(i -> -scores[i]))
              .limit(k)
              .toList();
      assertEquals(sorted, indices(offer(k, 0, scores)));
      TopK split = offer(k, 0, Arrays.copyOf(scores, 11));
      double[] rest = Arrays.copyOfRange(scores, 11, scores.length);
      assertEquals(sorted, indices(split.merge(offer(k, 11, rest))));
    }
  }

  @Test
  void treatsZerosAsEqualAndNeverKeepsNaN() {
    assertEquals(List.of(2, 0), indices(offer(2, 0, -0.0, 0.0, 0.5)));
    assertEquals(List.of(1), indices(offer(3, 0, Double.NaN, -1)));
    assertThrows(ArgumentException.class, () -> new TopK(0));
  }
}
