package io.github.maskalign.cuda.driver;

import io.github.maskalign.tensor.error.DeviceException;

/**
 * How many threads run a kernel: blocks in three directions, each of threads in one.
 *
 * @param x blocks
 * @param y blocks, at most 65535
 * @param z blocks, at most 65535
 * @param threads in a block, at most 1024
 * @param sharedBytes dynamic shared memory of a block
 */
public record Grid(int x, int y, int z, int threads, int sharedBytes) {

  private static final int MOST_ACROSS = 65_535;
  private static final int MOST_THREADS = 1_024;

  /** Checks the limits that every device has. */
  public Grid {
    boolean blocks = x >= 0 && y >= 0 && z >= 0 && y <= MOST_ACROSS && z <= MOST_ACROSS;
    if (!blocks || threads < 1 || threads > MOST_THREADS || sharedBytes < 0) {
      throw new DeviceException(
          "cuda: a grid of %d x %d x %d blocks of %d threads with %d bytes is out of range"
              .formatted(x, y, z, threads, sharedBytes));
    }
  }

  /** So many blocks. */
  public static Grid of(long blocks, int threads) {
    return of(blocks, 1, threads);
  }

  /** So many blocks in two directions. */
  public static Grid of(long x, long y, int threads) {
    return new Grid(count(x), count(y), 1, threads, 0);
  }

  /** So many blocks in three directions. */
  public static Grid of(long x, long y, long z, int threads) {
    return new Grid(count(x), count(y), count(z), threads, 0);
  }

  /** As many blocks as give every element a thread. */
  public static Grid covering(long elements, int threads) {
    return of(Math.ceilDiv(elements, (long) threads), threads);
  }

  /** This grid with dynamic shared memory for every block. */
  public Grid withShared(int bytes) {
    return new Grid(x, y, z, threads, bytes);
  }

  /** Whether there is nothing to do, which the driver would refuse. */
  boolean isEmpty() {
    return x == 0 || y == 0 || z == 0;
  }

  private static int count(long blocks) {
    if (blocks > Integer.MAX_VALUE) {
      throw new DeviceException("cuda: " + blocks + " blocks in one direction are too many");
    }
    return (int) blocks;
  }

  @Override
  public String toString() {
    return "%d x %d x %d blocks of %d threads, %d bytes shared"
        .formatted(x, y, z, threads, sharedBytes);
  }
}
