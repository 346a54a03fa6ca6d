package io.github.maskalign.cli.visualize;

import io.github.maskalign.tensor.io.AtomicFile;
import java.awt.Color;
import java.awt.Font;
import java.awt.FontMetrics;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** A grid of images of the same size, each with a caption. */
public final class ContactSheet {

  private static final int GAP = 8;
  private static final int LINE = 20;
  private static final Font FONT = new Font(Font.SANS_SERIF, Font.PLAIN, 13);

  private record Panel(BufferedImage image, String caption) {}

  private final int columns;
  private final List<Panel> panels = new ArrayList<>();

  /** A sheet with this number of columns. */
  ContactSheet(int columns) {
    this.columns = columns;
  }

  void add(BufferedImage image, String caption) {
    panels.add(new Panel(image, caption));
  }

  BufferedImage image() {
    int width = panels.getFirst().image.getWidth();
    int height = panels.getFirst().image.getHeight();
    int across = Math.min(columns, panels.size());
    int down = Math.ceilDiv(panels.size(), columns);
    BufferedImage sheet =
        new BufferedImage(
            GAP + across * (width + GAP),
            GAP + down * (height + LINE + GAP),
            BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = sheet.createGraphics();
    try {
      graphics.setRenderingHint(
          RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
      graphics.setColor(Color.WHITE);
      graphics.fillRect(0, 0, sheet.getWidth(), sheet.getHeight());
      graphics.setColor(Color.DARK_GRAY);
      graphics.setFont(FONT);
      FontMetrics metrics = graphics.getFontMetrics();
      for (int i = 0; i < panels.size(); i++) {
        int x = GAP + i % columns * (width + GAP);
        int y = GAP + i / columns * (height + LINE + GAP);
        graphics.drawImage(panels.get(i).image, x, y, null);
        graphics.drawString(panels.get(i).caption, x, y + height + metrics.getAscent() + 2);
      }
    } finally {
      graphics.dispose();
    }
    return sheet;
  }

  /**
   * Writes a PNG.
   *
   * @throws UncheckedIOException if it cannot be written
   */
  void write(Path file) {
    try {
      AtomicFile.write(file, png(image()));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  /** Encodes an image as PNG. */
  public static byte[] png(BufferedImage image) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    // ImageIO.write to a stream would use a file in the system's temporary folder.
    try (var out = new MemoryCacheImageOutputStream(bytes)) {
      ImageIO.write(image, "png", out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
