package io.github.maskalign.tensor.io;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GlobTest {

  @ParameterizedTest
  @CsvSource({
    "*, vit/block, true",
    "*block*, vit/block_drop, true",
    "vit/*, vit/block, true",
    "vit, vit/block, false",
    "softmax/??, softmax/60, true",
    "softmax/??, softmax/197, false",
    "a.b, axb, false",
    "[ab], a, false",
  })
  void starsAndQuestionMarksOnly(String glob, String name, boolean fits) {
    assertEquals(fits, Glob.of(glob).test(name));
  }
}
