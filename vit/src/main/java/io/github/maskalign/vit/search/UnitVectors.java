package io.github.maskalign.vit.search;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.vit.embed.CosineSimilarity;

/** Unit vectors of an index, whose dot product is the cosine. */
final class UnitVectors {

  private static final int LANES = 8;

  private UnitVectors() {}

  /**
   * vector [D] -> [D]: a copy at unit length; zeros stay zeros.
   *
   * @throws ShapeException if it does not have the given width
   * @throws ArgumentException if it contains infinity or NaN
   */
  static float[] of(float[] vector, int width) {
    if (vector.length != width) {
      throw new ShapeException(
          ("vector index: the vector has %d values, those of the index %d; embed with the model"
                  + " of the index")
              .formatted(vector.length, width));
    }
    if (!Double.isFinite(CosineSimilarity.dot(vector, vector))) {
      throw new ArgumentException(
          "vector index: the vector contains infinity or NaN, which has no cosine; check the"
              + " embedding");
    }
    return CosineSimilarity.normalize(vector.clone());
  }

  /**
   * a [D], b [D] -> their dot product. Eight independent partial sums hide the latency of
   * additions; they are added in a fixed order, so that the same vectors always give the same bits.
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
