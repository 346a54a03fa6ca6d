package io.github.maskalign.vit.image.jpeg;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The parameters of a marker: bytes {@code from} to {@code to} of a file. */
record Segment(byte[] file, int from, int to) {

  int length() {
    return to - from;
  }

  int at(int index) {
    return file[from + index] & 0xff;
  }

  int uint16(int index) {
    return at(index) << 8 | at(index + 1);
  }

  boolean startsWith(String text) {
    byte[] wanted = text.getBytes(StandardCharsets.ISO_8859_1);
    return length() >= wanted.length
        && Arrays.equals(file, from, from + wanted.length, wanted, 0, wanted.length);
  }

  /** The bytes from an index on. */
  ByteBuffer from(int index) {
    return ByteBuffer.wrap(file, from + index, length() - index).slice();
  }
}
