package io.github.maskalign.data;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;

/**
 * The arrays of a loader's batches, used again and again: at tens of megabytes each they would
 * otherwise be most of the garbage of a training. Safe for several threads.
 */
final class PixelBuffers {

  private final Deque<float[]> free = new ArrayDeque<>();

  /** An array of this length; what it holds is left from its last use. */
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

  /** Gives back an array that nobody looks at any more. */
  synchronized void give(float[] array) {
    free.push(array);
  }
}
