package io.github.maskalign.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Arrays that kernels borrow for a call and give back, so that a steady step allocates none. Safe
 * for many threads. Contents are what the last borrower left.
 */
final class Scratch {
  private final List<float[]> floats = new ArrayList<>();
  private final List<double[]> doubles = new ArrayList<>();
  private final List<MemorySegment> tails = new ArrayList<>();

  /** An array of at least {@code length} elements. */
  synchronized float[] takeFloats(int length) {
    int best = -1;
    for (int i = 0; i < floats.size(); i++) {
      int size = floats.get(i).length;
      if (size >= length && (best < 0 || size < floats.get(best).length)) {
        best = i;
      }
    }
    return best < 0 ? new float[capacity(length)] : remove(floats, best);
  }

  /** An array of at least {@code length} elements. */
  synchronized double[] takeDoubles(int length) {
    for (int i = 0; i < doubles.size(); i++) {
      if (doubles.get(i).length >= length) {
        return remove(doubles, i);
      }
    }
    return new double[capacity(length)];
  }

  /**
   * Off-heap room for four vectors, on which a kernel runs the elements after its last whole one.
   */
  synchronized MemorySegment takeTail() {
    return tails.isEmpty() ? Arena.ofAuto().allocate(16L * Mem.L, 64) : tails.removeLast();
  }

  synchronized void give(MemorySegment tail) {
    tails.add(tail);
  }

  synchronized void give(float[] array) {
    floats.add(array);
  }

  synchronized void give(double[] array) {
    doubles.add(array);
  }

  private static <T> T remove(List<T> list, int index) {
    T last = list.removeLast();
    return index == list.size() ? last : list.set(index, last);
  }

  /** Powers of two, so that borrowers of similar sizes share. */
  private static int capacity(int length) {
    return length <= 1 ? 1 : length > 1 << 30 ? length : Integer.highestOneBit(length - 1) << 1;
  }
}
