package io.github.maskalign.cpu.runtime;

/**
 * How kernels split work. The split depends on sizes only, never on the number of threads, so that
 * results are bit-identical for any number.
 */
public final class Chunks {
  /** Elements of one task of an elementwise kernel: 64 KiB of f32. */
  public static final int ELEMENTS = 16 * 1024;

  private Chunks() {}

  public static int count(long total, int chunk) {
    return Math.toIntExact((total + chunk - 1) / chunk);
  }

  public static int length(long total, int chunk, int index) {
    return (int) Math.min(chunk, total - (long) index * chunk);
  }

  /** Rows of one task, so that a task handles about {@link #ELEMENTS} elements. */
  public static int rows(long width) {
    return (int) Math.max(1, ELEMENTS / Math.max(1, width));
  }

  /** Index of the job that a task belongs to, given each job's first task and the total. */
  public static int owner(int[] start, int task) {
    int low = 0;
    int high = start.length - 1;
    while (high - low > 1) {
      int middle = (low + high) >>> 1;
      if (start[middle] <= task) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
