package io.github.maskalign.cpu;

import java.util.ArrayDeque;

/** Arrays for packed panels, lent and taken back, so that a steady state makes no new ones. */
final class GemmBuffers {

  /** Free arrays by the logarithm of their length. */
  private final ArrayDeque<float[]>[] free;

  @SuppressWarnings({"unchecked", "rawtypes"})
  GemmBuffers() {
    free = new ArrayDeque[31];
    for (int i = 0; i < free.length; i++) {
      free[i] = new ArrayDeque<>();
    }
  }

  /** An array of at least length floats, of any content. */
  float[] take(int length) {
    int size = sizeClass(length);
    synchronized (free) {
      float[] array = free[size].pollLast();
      if (array != null) {
        return array;
      }
    }
    return new float[1 << size];
  }

  void giveBack(float[] array) {
    synchronized (free) {
      free[sizeClass(array.length)].addLast(array);
    }
  }

  private static int sizeClass(int length) {
    return 32 - Integer.numberOfLeadingZeros(Math.max(length, 2) - 1);
  }
}
