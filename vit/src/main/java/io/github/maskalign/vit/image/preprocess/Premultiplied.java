package io.github.maskalign.vit.image.preprocess;

import io.github.maskalign.vit.image.Picture;

/** Colors multiplied by alpha, the last plane, as in Pillow. */
final class Premultiplied {

  private static final int MAX = 255;

  private Premultiplied() {}

  static Picture of(Picture picture) {
    byte[] out = copy(picture);
    int area = picture.area();
    int alphas = (picture.channels() - 1) * area;
    for (int c = 0; c < picture.channels() - 1; c++) {
      for (int i = 0; i < area; i++) {
        int product = (out[c * area + i] & 0xff) * (out[alphas + i] & 0xff) + 128;
        out[c * area + i] = (byte) ((product >> 8) + product >> 8);
      }
    }
    return Picture.of(out, picture.channels(), picture.height(), picture.width());
  }

  static Picture undo(Picture picture) {
    byte[] out = copy(picture);
    int area = picture.area();
    int alphas = (picture.channels() - 1) * area;
    for (int c = 0; c < picture.channels() - 1; c++) {
      for (int i = 0; i < area; i++) {
        int alpha = out[alphas + i] & 0xff;
        if (alpha != 0 && alpha != MAX) {
          out[c * area + i] = (byte) Math.min(MAX, MAX * (out[c * area + i] & 0xff) / alpha);
        }
      }
    }
    return Picture.of(out, picture.channels(), picture.height(), picture.width());
  }

  private static byte[] copy(Picture picture) {
    byte[] out = new byte[picture.channels() * picture.area()];
    System.arraycopy(picture.pixels(), picture.offset(), out, 0, out.length);
    return out;
  }
}
