package io.github.maskalign.vit.embed;

/**
 * Cosine similarity of embeddings. For vectors of unit length it is the dot product, so normalize
 * vectors that are compared often. Sums are accumulated in double precision.
 *
 * @since 0.1.0
 */
public final class CosineSimilarity {

  private CosineSimilarity() {}

  /** Scales a vector [D] in place to unit length and returns it; zeros stay zeros. */
  public static float[] normalize(float[] vector) {
    normalize(vector, 0, vector.length);
    return vector;
  }

  /** Scales {@code vectors[from .. from + width)} in place to unit length; zeros stay zeros. */
  public static void normalize(float[] vectors, int from, int width) {
    double squares = dot(vectors, from, vectors, from, width);
    double scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
    for (int i = from; i < from + width; i++) {
      vectors[i] = (float) (vectors[i] * scale);
    }
  }

  /** a [D], b [D] -> their dot product, the cosine of vectors of unit length. */
  public static double dot(float[] a, float[] b) {
    return dot(a, 0, b, 0, a.length);
  }

  /** The dot product of two vectors at offsets of larger arrays. */
  public static double dot(float[] a, int fromA, float[] b, int fromB, int width) {
    double sum = 0;
    for (int i = 0; i < width; i++) {
      sum += (double) a[fromA + i] * b[fromB + i];
    }
    return sum;
  }

  /** The cosine of two vectors of any length, from -1 to 1; 0 if one of them is zero. */
  public static double of(float[] a, int fromA, float[] b, int fromB, int width) {
    double squares = dot(a, fromA, a, fromA, width) * dot(b, fromB, b, fromB, width);
    return squares == 0 ? 0 : dot(a, fromA, b, fromB, width) / Math.sqrt(squares);
  }
}
