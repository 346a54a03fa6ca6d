package io.github.maskalign.data.sets;

import io.github.maskalign.tensor.error.OutOfMemoryException;

/** Checks that pixels fit into memory before they are read. */
final class JavaMemory {
  private JavaMemory() {}

  /**
   * Checks that there is room for some bytes.
   *
   * @param what needs it, for messages
   * @throws OutOfMemoryException if Java's heap cannot have them
   */
  static void require(long bytes, String what) {
    Runtime java = Runtime.getRuntime();
    long free = java.maxMemory() - java.totalMemory() + java.freeMemory();
    if (bytes > free) {
      throw OutOfMemoryException.ofJava(what, bytes, null);
    }
  }
}
