package io.github.maskalign.vit.image;

import javax.imageio.stream.ImageInputStreamImpl;

/**
 * An array as javax.imageio reads it, without the copies and clean-up of its own streams. A reader
 * that goes on at the end as if nothing had happened, as that of WebP does, is stopped.
 */
final class BytesInput extends ImageInputStreamImpl {

  /** Readers look ahead some bytes. */
  private static final int MAX_BEYOND = 256;

  private final byte[] bytes;
  private int beyond;

  BytesInput(byte[] bytes) {
    this.bytes = bytes;
  }

  @Override
  public int read() {
    bitOffset = 0;
    if (streamPos < bytes.length) {
      return bytes[(int) streamPos++] & 0xff;
    }
    beyond++;
    if (beyond > MAX_BEYOND) {
      throw new IllegalStateException("the data end too early");
    }
    return -1;
  }

  @Override
  public int read(byte[] into, int offset, int length) {
    bitOffset = 0;
    if (length == 0) {
      return 0;
    }
    int count = (int) Math.min(length, bytes.length - streamPos);
    if (count <= 0) {
      return -1;
    }
    System.arraycopy(bytes, (int) streamPos, into, offset, count);
    streamPos += count;
    return count;
  }

  @Override
  public long length() {
    return bytes.length;
  }
}
