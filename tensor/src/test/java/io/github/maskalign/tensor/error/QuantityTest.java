package io.github.maskalign.tensor.error;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QuantityTest {

  @ParameterizedTest
  @CsvSource({
    "0, image, 0 images",
    "1, image, 1 image",
    "1, class, 1 class",
    "2, class, 2 classes",
    "3, damaged patch, 3 damaged patches",
    "2, copy, 2 copies",
    "2, key, 2 keys",
    "2, epoch, 2 epochs",
    "2, batch, 2 batches",
    "-1, step, -1 steps",
  })
  void theNounFollowsTheNumber(long count, String noun, String text) {
    assertEquals(text, Quantity.of(count, noun));
  }

  @ParameterizedTest
  @CsvSource({"1000, '1,000 runs'", "1234567, '1,234,567 runs'"})
  void thousandsAreSeparated(long count, String text) {
    assertEquals(text, Quantity.of(count, "run"));
  }
}
