package io.github.maskalign.data.sets;

import java.io.IOException;

/** Encoded pictures by number. Safe for several threads. */
interface EncodedFiles {

  /** Larger files are no pictures; a damaged index must not ask for all memory. */
  int MAX_BYTES = 1 << 28;

  /** How many. */
  int size();

  /** Where one lies, for messages. */
  String name(int number);

  /** The content of one, whose size was checked. */
  byte[] read(int number) throws IOException;

  /**
   * A digest of all that tells these files from others, short of reading them: names, sizes, times.
   */
  String sha256();
}
