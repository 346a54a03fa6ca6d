package io.github.maskalign.vit.image.jpeg;

/** Converts JPEG components {@code [H, W, C]} to planes of red, green and blue. */
public final class JpegColors {

  // ITU-T T.871 in 16-bit fixed point, as in libjpeg.
  private static final int CR_TO_RED = 91881;
  private static final int CB_TO_GREEN = -22554;
  private static final int CR_TO_GREEN = -46802;
  private static final int CB_TO_BLUE = 116130;
  private static final int HALF = 1 << 15;

  private JpegColors() {}

  /** Full-range YCbCr -> planes. */
  public static byte[] ofYcc(byte[] ycc, int area) {
    byte[] planes = new byte[3 * area];
    for (int i = 0; i < area; i++) {
      int y = ycc[3 * i] & 0xff;
      int cb = (ycc[3 * i + 1] & 0xff) - 128;
      int cr = (ycc[3 * i + 2] & 0xff) - 128;
      planes[i] = clamp(y + (CR_TO_RED * cr + HALF >> 16));
      planes[area + i] = clamp(y + (CB_TO_GREEN * cb + CR_TO_GREEN * cr + HALF >> 16));
      planes[2 * area + i] = clamp(y + (CB_TO_BLUE * cb + HALF >> 16));
    }
    return planes;
  }

  /** YCCK -> CMYK in place: cyan, magenta and yellow are the complements of the YCbCr color. */
  public static void yccToInks(byte[] pixels, int area) {
    for (int i = 0; i < 4 * area; i += 4) {
      int y = pixels[i] & 0xff;
      int cb = (pixels[i + 1] & 0xff) - 128;
      int cr = (pixels[i + 2] & 0xff) - 128;
      pixels[i] = clamp(255 - (y + (CR_TO_RED * cr + HALF >> 16)));
      pixels[i + 1] = clamp(255 - (y + (CB_TO_GREEN * cb + CR_TO_GREEN * cr + HALF >> 16)));
      pixels[i + 2] = clamp(255 - (y + (CB_TO_BLUE * cb + HALF >> 16)));
    }
  }

  private static byte clamp(int value) {
    return (byte) Math.max(Math.min(value, 255), 0);
  }
}
