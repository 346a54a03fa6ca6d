package io.github.maskalign.cli.bench.suite;

import io.github.maskalign.tensor.random.Philox;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Iterator;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** JPEG files that cost as much to decode as photographs: slopes, waves, edges and grain. */
final class Photographs {

  static final int HEIGHT = 375;
  static final int WIDTH = 500;

  private static final float QUALITY = 0.92f;
  private static final int CHANNELS = 3;

  private Photographs() {}

  /** A file of {@link #WIDTH} x {@link #HEIGHT} pixels, chroma of half the resolution. */
  static byte[] jpeg(long seed) {
    Iterator<ImageWriter> writers = ImageIO.getImageWritersByFormatName("jpeg");
    ImageWriter writer = writers.next();
    try (ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageOutputStream out = new MemoryCacheImageOutputStream(bytes)) {
      ImageWriteParam param = writer.getDefaultWriteParam();
      param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      param.setCompressionQuality(QUALITY);
      writer.setOutput(out);
      writer.write(null, new IIOImage(scene(seed), null, null), param);
      out.flush();
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      writer.dispose();
    }
  }

  private static BufferedImage scene(long seed) {
    Philox draws = Philox.of(seed).stream("photograph");
    BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < HEIGHT; y++) {
      for (int x = 0; x < WIDTH; x++) {
        int grain = draws.bits((long) y * WIDTH + x);
        int color = 0;
        for (int c = 0; c < CHANNELS; c++) {
          double turn = 0.4 + draws.uniform(c);
          double wave = Math.sin(turn * x / 11) * Math.cos(turn * y / 7);
          int edge = (x / 45 + y / (30 + 5 * c)) % 3 * 30;
          int noise = grain >>> 8 * c & 15;
          color = color << 8 | Math.clamp((int) (95 + 60 * wave + edge + noise), 0, 255);
        }
        image.setRGB(x, y, color);
      }
    }
    return image;
  }
}
