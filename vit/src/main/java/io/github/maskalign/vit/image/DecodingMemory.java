package io.github.maskalign.vit.image;

import io.github.maskalign.tensor.error.OutOfMemoryException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Limits the Java memory of all images that one decoder decodes at once: large ones wait for each
 * other. Tells images for which there is too little memory from damaged ones.
 */
final class DecodingMemory {
  private static final int MEGABYTE_BITS = 20;

  /** What a reader may take beside pixels. */
  private static final long WORKING_MEMORY = 32L << MEGABYTE_BITS;

  /** The errors of arrays start with these; all others are about memory of the system. */
  private static final List<String> JAVA_MEMORY =
      List.of("Java heap space", "GC overhead limit", "Requested array size", "Required ");

  private final long heap;
  private final int megabytes;
  private final Semaphore free;

  /** Three quarters of the heap are for images. */
  DecodingMemory(long heap) {
    this.heap = heap;
    this.megabytes = (int) Math.clamp(heap / 4 * 3 >> MEGABYTE_BITS, 1, Integer.MAX_VALUE);
    this.free = new Semaphore(megabytes, true);
  }

  /** Decodes an image. */
  @FunctionalInterface
  interface Decoding<T> {
    T run() throws IOException;
  }

  /**
   * Decodes an image when there is memory for it. If there is not, tries again while no other image
   * is decoded.
   *
   * @throws OutOfMemoryException naming the image
   */
  <T> T run(PictureHeader header, long needed, String name, Decoding<T> decoding)
      throws IOException {
    if (needed > heap) {
      throw tooLarge(header, name, needed, null);
    }
    int share = (int) Math.min(megabytes, 1 + (needed >> MEGABYTE_BITS));
    try {
      return holding(share, decoding);
    } catch (Exception | OutOfMemoryError first) {
      if (outOfMemory(first) == null) {
        throw first;
      }
    }
    try {
      return holding(megabytes, decoding);
    } catch (Exception | OutOfMemoryError second) {
      OutOfMemoryError error = outOfMemory(second);
      if (error == null) {
        throw second;
      }
      String said = String.valueOf(error.getMessage());
      if (JAVA_MEMORY.stream().noneMatch(said::startsWith)) {
        throw OutOfMemoryException.ofSystem(needing(header, name), needed, said, second);
      }
      // Java has collected its garbage before it gave up.
      Runtime java = Runtime.getRuntime();
      long available = heap - (java.totalMemory() - java.freeMemory());
      if (available > 2 * needed + WORKING_MEMORY) {
        throw new IOException("asks for more memory than an image of its size needs", second);
      }
      throw tooLarge(header, name, needed, second);
    }
  }

  private <T> T holding(int share, Decoding<T> decoding) throws IOException {
    free.acquireUninterruptibly(share);
    try {
      return decoding.run();
    } finally {
      free.release(share);
    }
  }

  /** Readers wrap it in exceptions of their own. */
  private static @Nullable OutOfMemoryError outOfMemory(Throwable failure) {
    for (Throwable e = failure; e != null; e = e.getCause()) {
      if (e instanceof OutOfMemoryError error) {
        return error;
      }
    }
    return null;
  }

  private static OutOfMemoryException tooLarge(
      PictureHeader header, String name, long needed, @Nullable Throwable cause) {
    return OutOfMemoryException.ofJava(needing(header, name), needed, cause);
  }

  private static String needing(PictureHeader header, String name) {
    return "%s: decoding a %s".formatted(name, header);
  }

  /**
   * Bytes of the stored pixels, of the planes made of them, and of a copy of the file.
   *
   * @param stored bytes per pixel that the reader holds
   */
  static long needed(PictureHeader header, int stored, byte[] file) {
    boolean turned = header.orientation() != Orientation.UPRIGHT;
    int planes = turned ? 2 * Picture.RGB : Picture.RGB;
    return header.pixels() * Math.max(stored + Picture.RGB, planes) + file.length;
  }
}
