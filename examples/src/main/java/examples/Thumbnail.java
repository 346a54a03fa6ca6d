package examples;

import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.image.Resize;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Thumbnails for a page of many images. */
final class Thumbnail {

  private static final int MAX = 256;

  private Thumbnail() {}

  /** A PNG of at most 256 x 256 pixels. */
  static byte[] png(Picture picture) throws IOException {
    double scale = Math.min(1, (double) MAX / Math.max(picture.height(), picture.width()));
    int height = Math.max(1, (int) (picture.height() * scale));
    int width = Math.max(1, (int) (picture.width() * scale));
    Picture small = scale < 1 ? Resize.bicubic(height, width).apply(picture) : picture;
    return png(DemoPictures.image(small));
  }

  /** A PNG of the same size. */
  static byte[] png(BufferedImage image) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    // ImageIO.write to a stream would use a file in the system's temporary folder.
    try (var out = new MemoryCacheImageOutputStream(bytes)) {
      ImageIO.write(image, "png", out);
    }
    return bytes.toByteArray();
  }
}
