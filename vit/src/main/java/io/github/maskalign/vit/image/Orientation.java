package io.github.maskalign.vit.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The EXIF orientation of an image: the transformation that makes it upright.
 *
 * @since 0.1.0
 */
public enum Orientation {
  /** None. */
  UPRIGHT(false, false, false),
  /** Flip left to right. */
  MIRRORED(false, true, false),
  /** Rotate by 180 degrees. */
  UPSIDE_DOWN(false, true, true),
  /** Flip top to bottom. */
  FLIPPED(false, false, true),
  /** Transpose rows and columns. */
  TRANSPOSED(true, false, false),
  /** Rotate by 90 degrees clockwise. */
  TURNED_LEFT(true, true, false),
  /** Transpose along the other diagonal. */
  TRANSVERSED(true, true, true),
  /** Rotate by 90 degrees counterclockwise. */
  TURNED_RIGHT(true, false, true);

  private static final int ENTRY = 12;
  private static final int TAG = 0x0112;
  private static final int SHORT = 3;

  private final boolean transposed;
  private final boolean mirrored;
  private final boolean flipped;

  Orientation(boolean transposed, boolean mirrored, boolean flipped) {
    this.transposed = transposed;
    this.mirrored = mirrored;
    this.flipped = flipped;
  }

  /** Applies the transformation. */
  public Picture apply(Picture picture) {
    Picture turned = transposed ? picture.transposed() : picture;
    turned = mirrored ? turned.mirrored() : turned;
    return flipped ? turned.flipped() : turned;
  }

  /**
   * Reads EXIF data (a TIFF header and its first directory). Damaged or missing data mean upright,
   * since the pixels do not depend on them.
   */
  static Orientation ofExif(ByteBuffer exif) {
    ByteBuffer data = exif.slice();
    if (data.remaining() < 8) {
      return UPRIGHT;
    }
    data.order(data.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    int directory = data.getInt(4);
    if (data.getShort(2) != 42 || directory < 8 || directory > data.limit() - 2) {
      return UPRIGHT;
    }
    int entries = data.getShort(directory) & 0xffff;
    int entry = directory + 2;
    for (int i = 0; i < entries && entry <= data.limit() - ENTRY; i++) {
      if (data.getShort(entry) == TAG && data.getShort(entry + 2) == SHORT) {
        int value = data.getShort(entry + 8);
        return value >= 1 && value <= values().length ? values()[value - 1] : UPRIGHT;
      }
      entry += ENTRY;
    }
    return UPRIGHT;
  }
}
