package io.github.maskalign.vit.embed;

/** [D] -> [D]: scaled to length 1; zeros stay. */
final class UnitLength {

  private UnitLength() {}

  /** Scales the array itself and returns it. */
  static float[] scale(float[] vector) {
    double squares = 0;
    for (float value : vector) {
      squares += (double) value * value;
    }
    double scale = squares > 0 ? 1 / Math.sqrt(squares) : 0;
    for (int i = 0; i < vector.length; i++) {
      vector[i] = (float) (vector[i] * scale);
    }
    return vector;
  }
}
