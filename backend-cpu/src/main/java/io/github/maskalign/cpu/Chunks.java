package io.github.maskalign.cpu;

/**
 * How kernels split work. The split depends on sizes only, never on the number of threads: that is
 * what makes results the same bits on any machine size.
 */
final class Chunks {
  /** Elements of one task of an elementwise kernel: 64 KiB of f32. */
  static final int ELEMENTS = 16 * 1024;

  private Chunks() {}

  static int count(long total, int chunk) {
    return Math.toIntExact((total + chunk - 1) / chunk);
  }

  static int length(long total, int chunk, int index) {
    return (int) Math.min(chunk, total - (long) index * chunk);
  }

  /** Rows of one task, so that a task handles about {@link #ELEMENTS} elements. */
  static int rows(long width) {
    return (int) Math.max(1, ELEMENTS / Math.max(1, width));
  }

  /** Which of several jobs a task belongs to, given each job's first task and their total. */
  static int owner(int[] start, int task) {
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
