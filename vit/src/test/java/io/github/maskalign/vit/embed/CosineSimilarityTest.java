package io.github.maskalign.vit.embed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class CosineSimilarityTest {

  @Test
  void unitVectorsHaveTheCosineAsDotProduct() {
    float[] a = {3, 4};
    float[] b = {0, 1, 2, 0};
    assertEquals(0.6, CosineSimilarity.of(a, 0, b, 2, 2), 1e-15);
    assertEquals(0.8, CosineSimilarity.of(a, 0, b, 0, 2), 1e-15);
    float[] unit = CosineSimilarity.normalize(a);
    assertArrayEquals(new float[] {0.6f, 0.8f}, unit);
    assertEquals(1, CosineSimilarity.dot(unit, unit), 1e-7);
    CosineSimilarity.normalize(b, 2, 2);
    assertArrayEquals(new float[] {0, 1, 1, 0}, b);
  }

  @Test
  void zerosStayZeros() {
    assertArrayEquals(new float[2], CosineSimilarity.normalize(new float[2]));
    assertEquals(0, CosineSimilarity.of(new float[2], 0, new float[] {1, 1}, 0, 2));
  }
}
