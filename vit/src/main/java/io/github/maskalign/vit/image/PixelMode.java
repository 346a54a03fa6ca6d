package io.github.maskalign.vit.image;

/**
 * What the samples of an image mean; Pillow's modes.
 *
 * @since 0.1.0
 */
public enum PixelMode {
  /** Black or white, 0 or 255; Pillow's {@code 1}. */
  BILEVEL("black and white", 1),
  /** Gray, {@code L}. */
  GRAY("gray", 1),
  /** Gray and alpha, {@code LA}. */
  GRAY_ALPHA("gray with alpha", 2),
  /** Gray of 16 bits, {@code I;16}: a plane of the upper and one of the lower bytes. */
  GRAY_16("gray of 16 bits", 2),
  /** Indexes of a palette, {@code P}. */
  PALETTE("palette", 1),
  /** Red, green, blue. */
  RGB("RGB", 3),
  /** Red, green, blue, alpha. */
  RGBA("RGB with alpha", 4),
  /** Inks: cyan, magenta, yellow, black; 255 is full ink. */
  CMYK("CMYK", 4);

  private final String title;
  private final int planes;

  PixelMode(String title, int planes) {
    this.title = title;
    this.planes = planes;
  }

  /** For messages. */
  public String title() {
    return title;
  }

  /** Number of planes of bytes. */
  public int planes() {
    return planes;
  }

  /** Whether the last plane is alpha. */
  public boolean alpha() {
    return this == GRAY_ALPHA || this == RGBA;
  }

  /** Whether the samples are neither colors nor amounts of them, so that they have no mean. */
  public boolean discrete() {
    return this == PALETTE || this == BILEVEL;
  }
}
