package io.github.maskalign.vit.image.format;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The position of the first image of a GIF file on its logical screen (GIF89a specification, 1990).
 *
 * @param screenWidth columns of the screen, enlarged if the image exceeds it
 * @param screenHeight rows of the screen, likewise
 * @param left column of the image
 * @param top row of the image
 * @param width columns of the image
 * @param height rows of the image
 * @param background index into the image's color table for the rest of the screen
 * @param transparent whether that index is transparent
 * @param codes index of the size of the LZW codes, which follow
 */
public record GifFrame(
    int screenWidth,
    int screenHeight,
    int left,
    int top,
    int width,
    int height,
    int background,
    boolean transparent,
    int codes) {

  private static final int SCREEN = 13;
  private static final int EXTENSION = 0x21;
  private static final int CONTROL = 0xf9;
  private static final int IMAGE = 0x2c;
  private static final int TABLE = 0x80;

  /**
   * Reads the blocks up to the end of the first image.
   *
   * @throws IOException with a reason that follows the file's name
   */
  public static GifFrame read(byte[] bytes) throws IOException {
    ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int screenWidth = file.getShort(6) & 0xffff;
    int screenHeight = file.getShort(8) & 0xffff;
    int flags = file.get(10);
    int at = SCREEN + ((flags & TABLE) == 0 ? 0 : 3 << (flags & 7) + 1);
    int background = 0;
    boolean keyed = false;
    while (file.get(at) != IMAGE) {
      if (file.get(at) != EXTENSION) {
        throw new IOException("contains no image");
      }
      boolean transparent = (file.get(at + 1) & 0xff) == CONTROL && (file.get(at + 3) & 1) == 1;
      background = transparent ? file.get(at + 6) & 0xff : background;
      keyed |= transparent;
      at = skipBlocks(file, at + 2);
    }
    int left = file.getShort(at + 1) & 0xffff;
    int top = file.getShort(at + 3) & 0xffff;
    int width = file.getShort(at + 5) & 0xffff;
    int height = file.getShort(at + 7) & 0xffff;
    int local = file.get(at + 9);
    int codes = at + 10 + ((local & TABLE) == 0 ? 0 : 3 << (local & 7) + 1);
    skipBlocks(file, codes + 1);
    return new GifFrame(
        Math.max(screenWidth, left + width),
        Math.max(screenHeight, top + height),
        left,
        top,
        width,
        height,
        background,
        keyed,
        codes);
  }

  /**
   * Checks that the image has all its pixels, without decoding them.
   *
   * @throws IOException with a reason that follows the file's name
   */
  public void checkPixels(byte[] file) throws IOException {
    LzwCheck.check(file, codes, (long) width * height);
  }

  /** Skips length-prefixed blocks up to their terminator; a truncated file has none. */
  private static int skipBlocks(ByteBuffer file, int start) throws IOException {
    int at = start;
    while (at < file.limit() && file.get(at) != 0) {
      at += 1 + (file.get(at) & 0xff);
    }
    if (at >= file.limit()) {
      throw new IOException("is truncated");
    }
    return at + 1;
  }
}
