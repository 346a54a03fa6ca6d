package io.github.maskalign.data.file;

import io.github.maskalign.tensor.error.OutOfMemoryException;

/** Checks that pixels fit into memory before they are read. */
public final class JavaMemory {
  private JavaMemory() {}

  /**
   * Checks that there is room for some bytes.
   *
   * @param what needs it, for messages
   * @throws OutOfMemoryException if Java's heap cannot have them
   */
  public static void require(long bytes, String what) {
    Runtime java = Runtime.getRuntime();
    long free = java.maxMemory() - java.totalMemory() + java.freeMemory();
    if (bytes > free) {
      throw OutOfMemoryException.ofJava(what, bytes, null);
    }
  }
}
