package io.github.maskalign.vit.search;

import io.github.maskalign.tensor.error.ShapeException;

/** Vectors at unit length, whose dot product is the cosine. */
final class UnitVectors {

  private static final int LANES = 8;

  private UnitVectors() {}

  /**
   * vector [D] -> [D]: a copy at length 1; zeros stay.
   *
   * @throws ShapeException if it is not of the given width
   * @throws IllegalArgumentException if it holds infinity or not-a-number
   */
  static float[] of(float[] vector, int width) {
    if (vector.length != width) {
      throw new ShapeException(
          "vector index: a vector of %d numbers, the index's have %d; embed with its model"
              .formatted(vector.length, width));
    }
    double squares = 0;
    for (float value : vector) {
      squares += (double) value * value;
    }
    if (!Double.isFinite(squares)) {
      throw new IllegalArgumentException(
          "vector index: a vector that holds infinity or not-a-number, which no cosine has");
    }
    double scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
    float[] unit = new float[width];
    for (int i = 0; i < width; i++) {
      unit[i] = (float) (vector[i] * scale);
    }
    return unit;
  }

  /**
   * a [D], b [D] -> their dot product. Eight sums, since one would wait for itself at each number;
   * they are added up in a fixed order, so that the same vectors always give the same bits.
   */
  static float dot(float[] a, float[] b) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    float s4 = 0;
    float s5 = 0;
    float s6 = 0;
    float s7 = 0;
    int whole = a.length - a.length % LANES;
    for (int i = 0; i < whole; i += LANES) {
      s0 += a[i] * b[i];
      s1 += a[i + 1] * b[i + 1];
      s2 += a[i + 2] * b[i + 2];
      s3 += a[i + 3] * b[i + 3];
      s4 += a[i + 4] * b[i + 4];
      s5 += a[i + 5] * b[i + 5];
      s6 += a[i + 6] * b[i + 6];
      s7 += a[i + 7] * b[i + 7];
    }
    float sum = ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7));
    for (int i = whole; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }
}
