package io.github.maskalign.cpu.runtime;

import io.github.maskalign.tensor.error.ArgumentException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A pool of arrays that kernels borrow for a call and give back, so that a steady step allocates
 * none. Thread-safe. Contents are what the last borrower left.
 */
public final class Scratch {

  /** Bytes of a tail: four vectors of at most 64 bytes. */
  private static final int TAIL_BYTES = 256;

  private static final int CACHE_LINE = 64;

  /** Free arrays by the logarithm of their length. */
  private final List<ArrayDeque<float[]>> floats = classes();

  private final List<ArrayDeque<double[]>> doubles = classes();
  private final List<ArrayDeque<int[]>> ints = classes();
  private final List<ArrayDeque<float[][]>> rows = classes();
  private final ArrayDeque<Operand> tails = new ArrayDeque<>();

  /** Free off-heap memory by the logarithm of its bytes. */
  private final List<ArrayDeque<MemorySegment>> memory = classes();

  /** An empty pool. */
  public Scratch() {}

  /** An array of at least {@code length} elements. */
  public float[] takeFloats(int length) {
    int size = sizeClass(length);
    float[] free = poll(floats.get(size));
    return free == null ? new float[1 << size] : free;
  }

  /** An array of at least {@code length} elements. */
  public double[] takeDoubles(int length) {
    int size = sizeClass(length);
    double[] free = poll(doubles.get(size));
    return free == null ? new double[1 << size] : free;
  }

  /** An array of at least {@code length} elements. */
  public int[] takeInts(int length) {
    int size = sizeClass(length);
    int[] free = poll(ints.get(size));
    return free == null ? new int[1 << size] : free;
  }

  /** At least {@code count} arrays of at least {@code length} elements each. */
  public float[][] takeRows(int count, int length) {
    int size = sizeClass(count);
    synchronized (this) {
      for (Iterator<float[][]> free = rows.get(size).descendingIterator(); free.hasNext(); ) {
        float[][] arrays = free.next();
        if (arrays[0].length >= length && arrays[0].length <= 2 * length) {
          free.remove();
          return arrays;
        }
      }
    }
    return new float[1 << size][length];
  }

  /** Off-heap room for four vectors, in which a kernel computes the last elements of a block. */
  public Operand takeTail() {
    Operand free = poll(tails);
    return free == null ? new Operand(Arena.ofAuto().allocate(TAIL_BYTES, 64), 0) : free;
  }

  /** Off-heap memory of at least so many bytes, on a cache line. */
  public MemorySegment takeMemory(long bytes) {
    int size = sizeClass(Math.toIntExact(bytes));
    MemorySegment free = poll(memory.get(size));
    return free == null ? Arena.ofAuto().allocate(1L << size, CACHE_LINE) : free;
  }

  /** Takes an array back. */
  public void give(float[] array) {
    offer(floats.get(sizeClass(array.length)), array);
  }

  /** Takes an array back. */
  public void give(double[] array) {
    offer(doubles.get(sizeClass(array.length)), array);
  }

  /** Takes an array back. */
  public void give(int[] array) {
    offer(ints.get(sizeClass(array.length)), array);
  }

  /** Takes arrays back. */
  public void give(float[][] arrays) {
    offer(rows.get(sizeClass(arrays.length)), arrays);
  }

  /** Takes memory back. */
  public void give(MemorySegment taken) {
    offer(memory.get(sizeClass((int) taken.byteSize())), taken);
  }

  /** Takes a tail back. */
  public void give(Operand tail) {
    offer(tails, tail);
  }

  private <T> @Nullable T poll(ArrayDeque<T> free) {
    synchronized (this) {
      return free.pollLast();
    }
  }

  private <T> void offer(ArrayDeque<T> free, T array) {
    synchronized (this) {
      free.addLast(array);
    }
  }

  private static <T> List<ArrayDeque<T>> classes() {
    List<ArrayDeque<T>> classes = new ArrayList<>();
    for (int i = 0; i <= 30; i++) {
      classes.add(new ArrayDeque<>());
    }
    return classes;
  }

  /** Logarithm of the smallest power of two that is not below a length. */
  private static int sizeClass(int length) {
    int size = 32 - Integer.numberOfLeadingZeros(Math.max(length, 2) - 1);
    if (size > 30) {
      throw new ArgumentException("scratch: " + length + " elements; at most 2^30");
    }
    return size;
  }
}
