package io.github.maskalign.vit.image;

/** CMYK planes, 255 is full ink. */
final class Inks {

  private static final int FULL = 255;

  private Inks() {}

  /** Interleaved inks -> planes, inverted if the file stores the light instead. */
  static Picture planes(byte[] cmyk, boolean inverted, int height, int width) {
    if (inverted) {
      for (int i = 0; i < cmyk.length; i++) {
        cmyk[i] ^= (byte) FULL;
      }
    }
    return Picture.ofInterleaved(cmyk, PixelMode.CMYK.planes(), height, width);
  }

  /** {@code (255 - k) - ink (255 - k) / 255} rounded, as in Pillow. */
  static Picture rgb(Picture inks) {
    byte[] pixels = inks.pixels();
    int area = inks.area();
    byte[] planes = new byte[Picture.RGB * area];
    for (int i = 0; i < area; i++) {
      int light = FULL - (pixels[inks.plane(Picture.RGB) + i] & 0xff);
      for (int c = 0; c < Picture.RGB; c++) {
        int product = (pixels[inks.plane(c) + i] & 0xff) * light + 128;
        planes[c * area + i] = (byte) Math.max(light - ((product >> 8) + product >> 8), 0);
      }
    }
    return Picture.of(planes, Picture.RGB, inks.height(), inks.width());
  }
}
