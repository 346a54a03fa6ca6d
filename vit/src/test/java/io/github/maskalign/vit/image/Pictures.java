package io.github.maskalign.vit.image;

import static org.junit.jupiter.api.Assertions.assertEquals;

/** Compares images. */
final class Pictures {

  private Pictures() {}

  /** Mean absolute difference of images of the same size. */
  static double difference(Picture expected, Picture got) {
    assertEquals(expected.toString(), got.toString());
    long sum = 0;
    for (int c = 0; c < got.channels(); c++) {
      for (int y = 0; y < got.height(); y++) {
        for (int x = 0; x < got.width(); x++) {
          sum += Math.abs(expected.at(c, y, x) - got.at(c, y, x));
        }
      }
    }
    return (double) sum / (got.channels() * got.area());
  }
}
