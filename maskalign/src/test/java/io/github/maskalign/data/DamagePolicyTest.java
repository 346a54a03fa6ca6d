package io.github.maskalign.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DamagePolicyTest {

  @ParameterizedTest
  @CsvSource({
    "0.01, 1, 0",
    "0.01, 2, 0",
    "0.01, 3, 1",
    "0.01, 7, 3",
    "0.01, 48, 3",
    "0.01, 399, 3",
    "0.01, 400, 4",
    "0.5, 2, 1",
    "0.5, 3, 1",
    "0, 1000, 0",
  })
  void aFewOfASmallSetButLessThanHalfAreAllowed(double share, int size, int allowed) {
    assertEquals(allowed, new DamagePolicy.Skip(share).allowed(size));
  }
}
