package io.github.maskalign.vit.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Where the first picture of a GIF file lies on its screen (GIF89a specification, 1990).
 *
 * @param header size of the screen, made larger where the picture reaches beyond it
 * @param left column of the picture
 * @param top row of the picture
 * @param width columns of the picture
 * @param height rows of the picture
 * @param background index into the picture's colors of what it does not cover
 */
record GifFrame(PictureHeader header, int left, int top, int width, int height, int background) {

  private static final int SCREEN = 13;
  private static final int EXTENSION = 0x21;
  private static final int CONTROL = 0xf9;
  private static final int IMAGE = 0x2c;
  private static final int TABLE = 0x80;

  static GifFrame read(byte[] bytes) throws IOException {
    ByteBuffer file = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int screenWidth = file.getShort(6) & 0xffff;
    int screenHeight = file.getShort(8) & 0xffff;
    int flags = file.get(10);
    int at = SCREEN + ((flags & TABLE) == 0 ? 0 : 3 << (flags & 7) + 1);
    int background = 0;
    while (file.get(at) != IMAGE) {
      if (file.get(at) != EXTENSION) {
        throw new IOException("holds no picture");
      }
      boolean transparent = (file.get(at + 1) & 0xff) == CONTROL && (file.get(at + 3) & 1) == 1;
      background = transparent ? file.get(at + 6) & 0xff : background;
      at = behindBlocks(file, at + 2);
    }
    int left = file.getShort(at + 1) & 0xffff;
    int top = file.getShort(at + 3) & 0xffff;
    int width = file.getShort(at + 5) & 0xffff;
    int height = file.getShort(at + 7) & 0xffff;
    int local = file.get(at + 9);
    behindBlocks(file, at + 11 + ((local & TABLE) == 0 ? 0 : 3 << (local & 7) + 1));
    PictureHeader header =
        new PictureHeader(
            PictureFormat.GIF,
            Math.max(screenWidth, left + width),
            Math.max(screenHeight, top + height),
            Orientation.UPRIGHT);
    return new GifFrame(header, left, top, width, height, background);
  }

  /** Walks over blocks, each behind its length, to their end: a file that is cut off has none. */
  private static int behindBlocks(ByteBuffer file, int start) throws IOException {
    int at = start;
    while (at < file.limit() && file.get(at) != 0) {
      at += 1 + (file.get(at) & 0xff);
    }
    if (at >= file.limit()) {
      throw new IOException("is cut off");
    }
    return at + 1;
  }
}
