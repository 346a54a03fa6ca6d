package io.github.maskalign.vit.image;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The supported formats of image files, recognized by their first bytes.
 *
 * @since 0.1.0
 */
public enum PictureFormat {
  /** Baseline and progressive, 8 bits: gray, color, CMYK. */
  JPEG,
  /** All color types and bit depths. */
  PNG,
  /** The first image of a file. */
  GIF,
  /** Windows bitmaps. */
  BMP,
  /** Lossy and lossless; the first image of an animation. */
  WEBP;

  static @Nullable PictureFormat of(byte[] file) {
    if (starts(file, 0, "\u00ff\u00d8\u00ff")) {
      return JPEG;
    }
    if (starts(file, 0, "\u0089PNG\r\n\u001a\n")) {
      return PNG;
    }
    if (starts(file, 0, "GIF87a") || starts(file, 0, "GIF89a")) {
      return GIF;
    }
    if (starts(file, 0, "BM")) {
      return BMP;
    }
    return starts(file, 0, "RIFF") && starts(file, 8, "WEBP") ? WEBP : null;
  }

  static boolean starts(byte[] file, int at, String text) {
    byte[] wanted = text.getBytes(StandardCharsets.ISO_8859_1);
    boolean same = at >= 0 && file.length - at >= wanted.length;
    for (int i = 0; same && i < wanted.length; i++) {
      same = file[at + i] == wanted[i];
    }
    return same;
  }
}
