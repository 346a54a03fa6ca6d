package io.github.maskalign.vit.image;

/** Exchanges rows and columns of a plane. */
final class Transposition {

  // A tile's lines of both sides stay in the nearest cache.
  private static final int TILE = 16;

  private Transposition() {}

  /** in [height, width], its rows a stride apart -> out [width, height]. */
  static void copy(byte[] in, int from, int stride, int height, int width, byte[] out, int to) {
    for (int y = 0; y < height; y += TILE) {
      int yEnd = Math.min(y + TILE, height);
      for (int x = 0; x < width; x += TILE) {
        int xEnd = Math.min(x + TILE, width);
        for (int column = x; column < xEnd; column++) {
          int target = to + column * height;
          int source = from + column;
          for (int row = y; row < yEnd; row++) {
            out[target + row] = in[source + row * stride];
          }
        }
      }
    }
  }
}
