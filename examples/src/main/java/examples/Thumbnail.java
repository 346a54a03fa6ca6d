package examples;

import io.github.maskalign.vit.image.BicubicResize;
import io.github.maskalign.vit.image.Picture;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import javax.imageio.ImageIO;

/** Thumbnails for a page of many images. */
final class Thumbnail {

  private static final int MAX = 256;

  private Thumbnail() {}

  /** A PNG of at most 256 x 256 pixels. */
  static byte[] png(Picture picture) throws IOException {
    double scale = Math.min(1, (double) MAX / Math.max(picture.height(), picture.width()));
    int height = Math.max(1, (int) (picture.height() * scale));
    int width = Math.max(1, (int) (picture.width() * scale));
    Picture small = scale < 1 ? new BicubicResize(height, width).apply(picture) : picture;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(DemoPictures.image(small), "png", out);
    return out.toByteArray();
  }
}
