package io.github.maskalign.data.file;

import java.io.IOException;

/** Encoded pictures by number. Safe for several threads. */
public interface EncodedFiles {

  /** Larger files are rejected, so that a damaged index cannot exhaust memory. */
  int MAX_BYTES = 1 << 28;

  /** Number of pictures. */
  int size();

  /** Location of a picture, for messages. */
  String name(int number);

  /** The content of a picture, whose size was checked. */
  byte[] read(int number) throws IOException;

  /** A digest that identifies these files without reading them: names, sizes, times. */
  String sha256();

  /** A digest of names and sizes only, as they are now. */
  String fingerprint();

  /** A number for each picture, {@code [N]}, that differs where the fingerprint does. */
  long[] states();
}
