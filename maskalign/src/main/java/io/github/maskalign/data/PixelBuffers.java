package io.github.maskalign.data;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * A pool of the pixel arrays of a loader's batches, which would otherwise be most of the garbage of
 * training. Safe for several threads.
 */
final class PixelBuffers {

  private final Deque<float[]> free = new ArrayDeque<>();

  /** Takes an array of this length; its content is undefined. */
  synchronized float[] take(int length) {
    for (Iterator<float[]> arrays = free.iterator(); arrays.hasNext(); ) {
      float[] array = arrays.next();
      if (array.length == length) {
        arrays.remove();
        return array;
      }
    }
    return new float[length];
  }

  /** Returns an array that is no longer in use. */
  synchronized void give(float[] array) {
    free.push(array);
  }
}
