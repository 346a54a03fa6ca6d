package io.github.maskalign.eval;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class NeighborsTest {

  @Test
  void theMostSimilarComesFirstAndTheEarlierOfEqualOnes() {
    Features gallery =
        new Features(new float[] {1, 0, 0, 2, 3, 3, 0, 5, 0, 0}, 2, new int[] {0, 1, 2, 3, 4});
    Features queries = new Features(new float[] {0, 1, 1, 1}, 2, new int[] {0, 0});
    List<List<Neighbors.Neighbor>> nearest = Neighbors.nearest(gallery, queries, 3);
    assertEquals(
        List.of(1, 3, 2), nearest.get(0).stream().map(Neighbors.Neighbor::sample).toList());
    assertEquals(1, nearest.get(0).getFirst().similarity(), 1e-12);
    assertEquals(Math.sqrt(0.5), nearest.get(0).get(2).similarity(), 1e-7);
    assertEquals(2, nearest.get(1).getFirst().sample());
    assertEquals(5, Neighbors.nearest(gallery, queries, 9).get(0).size());
  }
}
