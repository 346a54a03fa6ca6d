package io.github.maskalign.vit.image;

import io.github.maskalign.tensor.testing.fuzz.ByteMutator;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Files of all formats, to be mutated. */
final class PictureMutations {

  private static final String[] TOKENS = {
    "IHDR",
    "PLTE",
    "IDAT",
    "eXIf",
    "zTXt",
    "VP8 ",
    "VP8L",
    "VP8X",
    "ANMF",
    "EXIF",
    "Exif\0\0",
    "\0\0\0\0",
    "\u007f",
    "tiff:Orientation=\"6"
  };

  private PictureMutations() {}

  static ByteMutator ofJpeg() {
    return new ByteMutator(jpegs(), List.of(TOKENS));
  }

  static ByteMutator ofAllFormats() {
    Picture scene = PictureFiles.scene(23, 31, 2);
    List<byte[]> files = jpegs();
    files.add(PictureFiles.png(scene));
    files.add(PictureFiles.file(PictureFiles.image(scene, BufferedImage.TYPE_INT_ARGB), "png"));
    for (String format : List.of("png", "gif", "bmp")) {
      files.add(
          PictureFiles.file(PictureFiles.image(scene, BufferedImage.TYPE_BYTE_INDEXED), format));
    }
    files.add(PictureFiles.file(PictureFiles.image(scene, BufferedImage.TYPE_3BYTE_BGR), "bmp"));
    files.add(PictureFiles.BMP_RUNS);
    files.add(PictureFiles.file(new BufferedImage(9, 7, BufferedImage.TYPE_USHORT_GRAY), "png"));
    for (String name :
        List.of("lossless", "lossy-5", "lossy-alpha", "animation", "small-first-frame")) {
      files.add(resource("webp/" + name + ".webp"));
    }
    return new ByteMutator(files, List.of(TOKENS));
  }

  private static List<byte[]> jpegs() {
    List<byte[]> files = new ArrayList<>();
    // Baseline, progressive, with restarts, of gray and of inks.
    for (int i = 0; i < 12; i++) {
      files.add(resource("damaged/%02d.jpg".formatted(i)));
    }
    byte[] exif =
        ("Exif\0\0" + latin(PictureFiles.exif(6, true))).getBytes(StandardCharsets.ISO_8859_1);
    files.add(PictureFiles.withSegment(files.getFirst(), 0xe1, exif));
    return files;
  }

  private static String latin(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static byte[] resource(String name) {
    try (InputStream in =
        Objects.requireNonNull(PictureMutations.class.getResourceAsStream(name), name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
