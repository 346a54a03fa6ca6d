package io.github.maskalign.vit.image.jpeg;

import java.io.IOException;

/** Reads markers as libjpeg does: bytes that belong to none are skipped. */
final class MarkerReader {
  private static final int NONE = -1;

  private final byte[] file;
  private int at = 2;
  private int pending = NONE;

  /** Starts after the marker SOI. */
  MarkerReader(byte[] file) {
    this.file = file;
  }

  /** Index of the byte after the last marker or segment. */
  int position() {
    return at;
  }

  int next() throws IOException {
    int marker = peek();
    pending = NONE;
    return marker;
  }

  /** The next marker, which stays the next one. */
  private int peek() throws IOException {
    if (pending == NONE) {
      pending = find();
    }
    return pending;
  }

  private int find() throws IOException {
    while (at < file.length - 1) {
      int value = file[at + 1] & 0xff;
      boolean data = file[at] != (byte) 0xff || value == 0 || value == 0xff;
      if (!data) {
        at += 2;
        return value;
      }
      at++;
    }
    throw truncated();
  }

  Segment segment() throws IOException {
    if (at > file.length - 2) {
      throw truncated();
    }
    int length = (file[at] & 0xff) << 8 | file[at + 1] & 0xff;
    if (length < 2 || at + length > file.length) {
      throw truncated();
    }
    var segment = new Segment(file, at + 2, at + length);
    at += length;
    return segment;
  }

  /**
   * Passes the restart markers of a scan. Where another one is in place of the expected one, drops
   * or keeps it like {@code jpeg_resync_to_restart} of libjpeg.
   */
  void restarts(long count) throws IOException {
    for (long i = 0; i < count; i++) {
      if (!restart((int) (i & 7))) {
        return;
      }
    }
  }

  /** Passes one restart; false if the data of the scan end before it. */
  private boolean restart(int expected) throws IOException {
    while (true) {
      int marker = peek();
      int ahead = marker - Marker.RST0 - expected & 7;
      boolean invalid = marker < Marker.SOF0;
      if (!invalid && !Marker.isRestart(marker)) {
        return false;
      }
      if (!invalid && (ahead == 1 || ahead == 2)) {
        return true; // this marker's data were lost
      }
      pending = NONE;
      boolean late = ahead >= 6;
      if (!invalid && !late) {
        return true;
      }
    }
  }

  static IOException truncated() {
    return new IOException("is truncated");
  }
}
