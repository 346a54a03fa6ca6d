package io.github.maskalign.cli.data;

import io.github.maskalign.vit.image.PictureFormat;

/** Color type of an image file; all are decoded to RGB. */
enum StoredColors {
  COLOR,
  GRAY,
  PALETTE,
  ALPHA,
  CMYK;

  /** The color type of an intact file. */
  static StoredColors of(byte[] file, PictureFormat format) {
    return switch (format) {
      case JPEG -> jpeg(file);
      case PNG -> png(file);
      case GIF -> PALETTE;
      case BMP -> file[28] <= 8 ? PALETTE : COLOR;
      case WEBP -> webp(file);
    };
  }

  /** The frame header, which follows other segments, has the number of components. */
  private static StoredColors jpeg(byte[] file) {
    int at = 2;
    while (at + 9 < file.length) {
      int marker = file[at + 1] & 0xff;
      if (file[at] != (byte) 0xff || marker == 0xff) {
        at++;
        continue;
      }
      boolean frame = marker >= 0xc0 && marker <= 0xcf;
      if (frame && marker != 0xc4 && marker != 0xc8 && marker != 0xcc) {
        return switch (file[at + 9]) {
          case 1 -> GRAY;
          case 4 -> CMYK;
          default -> COLOR;
        };
      }
      boolean bare = marker == 0x01 || marker >= 0xd0 && marker <= 0xd8;
      at += bare ? 2 : 2 + ((file[at + 2] & 0xff) << 8 | file[at + 3] & 0xff);
    }
    return COLOR;
  }

  private static StoredColors png(byte[] file) {
    return switch (file[25]) {
      case 0 -> GRAY;
      case 3 -> PALETTE;
      case 4, 6 -> ALPHA;
      default -> COLOR;
    };
  }

  /** Bit 4 of the extended header, or of the lossless one behind its two sizes of 14 bits. */
  private static StoredColors webp(byte[] file) {
    boolean alpha =
        switch (file[15]) {
          case 'X' -> (file[20] & 0x10) != 0;
          case 'L' -> (file[24] & 0x10) != 0;
          default -> false;
        };
    return alpha ? ALPHA : COLOR;
  }
}
