package io.github.maskalign.vit.image;

import io.github.maskalign.tensor.random.Philox;
import java.awt.image.BufferedImage;
import java.awt.image.WritableRaster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;
import javax.imageio.stream.ImageOutputStream;

/** Writes image files for tests. */
public final class PictureFiles {

  /**
   * 16 x 8 pixels, lossless: red 16 x, green 30 y, blue 200 then 40, the right half at alpha 128.
   */
  static final byte[] WEBP_LOSSLESS =
      Base64.getDecoder()
          .decode(
              "UklGRjoAAABXRUJQVlA4TC0AAAAvD8ABEJkyRPQ/NhHR/4CCtm2YICl/oN0fgIEQCCShjjvWBE4ARjxL"
                  + "vACq/wEA");

  /** 48 x 40 pixels at quality 90: red 5 x, green 6 y, and a wave of blue. */
  static final byte[] WEBP_LOSSY =
      Base64.getDecoder()
          .decode(
              "UklGRnABAABXRUJQVlA4IGQBAABwCwCdASowACgAPi0QhkKhoQ422gAMAWJbFefRhYh+BvDfwp/KD5BK"
                  + "Q/OfvNtCJDuunGb6zfyT6Iu3/2EAjflVlB6mPLILObUaDADZWjGtwwUeLLwr9hsb+aCC1FISTP5"
                  + "etfyeAP7/l3LfImQC42RZe9iv/obKhUM5e6yr3eJkXLXh/E2CS1Z1z0tK1fmFgDxZjDdwFJVOdX"
                  + "FQ4lUcxSxQq4eYx12xoGG7ccM8D9byY6BXE9XlQyqC67RXOjuK+2TwPgfhGVKXgSoy7UIy5cWc1"
                  + "sZ0xELiiCfkyFgKeba7nStJAi9829cDieJuqmh75QH6n9R/+9edq6bTwQdLegZUq2+4p6YlZK2I"
                  + "p1DFKQDtZlF/RNEmUNz2mcJ9Zbk3yyAY1/lKOPn/2Y/aILzGiSI9vcFBCXp/1YfZC4DRb/g25sF"
                  + "XfZ8uc4A6G/W1mkzNNVyNIfmDmvhGnVCWhjO6jyTnGAAAAA==");

  /** 13 x 9 pixels of 16 colors, in runs. */
  static final byte[] BMP_RUNS =
      Base64.getDecoder()
          .decode(
              "Qk3qAAAAAAAAAHYAAAAoAAAADQAAAAkAAAABAAQAAgAAAHQAAAATCwAAEwsAAAAAAAAAAAAAAAAA"
                  + "AAMFBwAGCg4ACQ8VAAwUHAAPGSMAEh4qABUjMQAYKDgAGy0/AB4yRgAhN00AJDxUACdBWwAqRmIA"
                  + "LUtpAAX/A+MBywELAAOcZQAAAasBygRGBEADBwAAA94CgQADZe0C2gL4AbkAAAYoAAQdNAMZAAAE"
                  + "dQPwAkgCKQIIAAAABiJdQQAEqgADumwAAAa2BCkDRQAAAXUCEgasAASCFAAAAX0BigAGCdmiAAAF"
                  + "FfCgAAAB");

  private PictureFiles() {}

  /** An image with gradients, waves, edges and a little noise, as in photographs. */
  public static Picture scene(int height, int width, long seed) {
    byte[] planes = new byte[3 * height * width];
    Philox draws = Philox.of(seed);
    for (int c = 0; c < 3; c++) {
      double turn = draws.uniform(c) + 0.2;
      for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
          int i = (c * height + y) * width + x;
          double wave = 70 * Math.sin(turn * x / 9) * Math.cos(turn * y / 7);
          int edge = (x / 40 + y / 30) % 3 * 35;
          int noise = draws.bits(1000 + i) >>> 29;
          planes[i] = (byte) Math.clamp((int) (90 + wave + edge + noise), 0, 255);
        }
      }
    }
    return Picture.of(planes, 3, height, width);
  }

  static BufferedImage image(Picture picture, int type) {
    BufferedImage image = new BufferedImage(picture.width(), picture.height(), type);
    for (int y = 0; y < picture.height(); y++) {
      for (int x = 0; x < picture.width(); x++) {
        int red = picture.at(0, y, x);
        image.setRGB(x, y, 0xff << 24 | red << 16 | picture.at(1, y, x) << 8 | picture.at(2, y, x));
      }
    }
    return image;
  }

  static byte[] file(BufferedImage image, String format) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      if (!ImageIO.write(image, format, bytes)) {
        throw new IllegalStateException("no writer of " + format + " takes " + image);
      }
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static byte[] png(Picture picture) {
    return file(image(picture, BufferedImage.TYPE_INT_RGB), "png");
  }

  /** A color JPEG with chroma at half resolution. */
  public static byte[] jpeg(Picture picture, double quality, boolean progressive) {
    return jpeg(
        new IIOImage(image(picture, BufferedImage.TYPE_INT_RGB), null, null), quality, progressive);
  }

  /** A JPEG of the given components. */
  static byte[] jpeg(WritableRaster components, double quality) {
    return jpeg(new IIOImage(components, null, null), quality, false);
  }

  private static byte[] jpeg(IIOImage image, double quality, boolean progressive) {
    ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
    try {
      ImageWriteParam param = writer.getDefaultWriteParam();
      param.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
      param.setCompressionQuality((float) quality);
      param.setProgressiveMode(
          progressive ? ImageWriteParam.MODE_DEFAULT : ImageWriteParam.MODE_DISABLED);
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (ImageOutputStream out = ImageIO.createImageOutputStream(bytes)) {
        writer.setOutput(out);
        writer.write(null, image, param);
      }
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      writer.dispose();
    }
  }

  /** Inserts a segment after the start of a JPEG file. */
  static byte[] withSegment(byte[] jpeg, int marker, byte[] data) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(jpeg, 0, 2);
    bytes.write(0xff);
    bytes.write(marker);
    bytes.write(data.length + 2 >> 8);
    bytes.write(data.length + 2);
    bytes.writeBytes(data);
    bytes.write(jpeg, 2, jpeg.length - 2);
    return bytes.toByteArray();
  }

  /** EXIF data with an orientation, 1 to 8. */
  static byte[] exif(int orientation, boolean bigEndian) {
    byte[] big = {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 2, 1, 0, 0, 3, 0, 0, 0, 1, 0, 9, 0, 0};
    byte[] tag = {1, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte) orientation, 0, 0, 0, 0, 0, 0};
    byte[] little = {'I', 'I', 42, 0, 8, 0, 0, 0, 2, 0, 0, 1, 3, 0, 1, 0, 0, 0, 9, 0, 0, 0};
    byte[] smallTag = {0x12, 1, 3, 0, 1, 0, 0, 0, (byte) orientation, 0, 0, 0, 0, 0, 0, 0};
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(bigEndian ? big : little);
    bytes.writeBytes(bigEndian ? tag : smallTag);
    return bytes.toByteArray();
  }
}
