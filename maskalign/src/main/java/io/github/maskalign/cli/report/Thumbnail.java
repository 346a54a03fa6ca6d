package io.github.maskalign.cli.report;

import io.github.maskalign.vit.image.Picture;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;

/** A small picture for a page. */
final class Thumbnail {

  private static final int SIDE = 84;

  private Thumbnail() {}

  /** With its longer side of a fixed length; small pictures keep their pixels visible. */
  static BufferedImage of(Picture picture) {
    Picture rgb = picture.rgb();
    BufferedImage whole = new BufferedImage(rgb.width(), rgb.height(), BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < rgb.height(); y++) {
      for (int x = 0; x < rgb.width(); x++) {
        whole.setRGB(x, y, rgb.at(0, y, x) << 16 | rgb.at(1, y, x) << 8 | rgb.at(2, y, x));
      }
    }
    return scaled(whole);
  }

  private static BufferedImage scaled(BufferedImage whole) {
    int longer = Math.max(whole.getWidth(), whole.getHeight());
    int width = Math.max(1, whole.getWidth() * SIDE / longer);
    int height = Math.max(1, whole.getHeight() * SIDE / longer);
    BufferedImage small = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = small.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION,
        longer < SIDE
            ? RenderingHints.VALUE_INTERPOLATION_NEAREST_NEIGHBOR
            : RenderingHints.VALUE_INTERPOLATION_BILINEAR);
    graphics.drawImage(whole, 0, 0, width, height, null);
    graphics.dispose();
    return small;
  }
}
