package io.github.maskalign.cuda.driver;

import io.github.maskalign.tensor.error.DeviceException;

/**
 * The launch configuration of a kernel: a three-dimensional grid of one-dimensional blocks.
 *
 * @param x blocks along x
 * @param y blocks along y, at most 65535
 * @param z blocks along z, at most 65535
 * @param threads threads per block, at most 1024
 * @param sharedBytes dynamic shared memory per block
 */
public record Grid(int x, int y, int z, int threads, int sharedBytes) {

  private static final int MAX_YZ = 65_535;
  private static final int MAX_THREADS = 1_024;

  /** Checks the limits of all devices. */
  public Grid {
    boolean blocks = x >= 0 && y >= 0 && z >= 0 && y <= MAX_YZ && z <= MAX_YZ;
    if (!blocks || threads < 1 || threads > MAX_THREADS || sharedBytes < 0) {
      throw new DeviceException(
          "cuda: a grid of %d x %d x %d blocks of %d threads with %d bytes is out of range"
              .formatted(x, y, z, threads, sharedBytes));
    }
  }

  /** A one-dimensional grid. */
  public static Grid of(long blocks, int threads) {
    return of(blocks, 1, threads);
  }

  /** A two-dimensional grid. */
  public static Grid of(long x, long y, int threads) {
    return new Grid(count(x), count(y), 1, threads, 0);
  }

  /** A three-dimensional grid. */
  public static Grid of(long x, long y, long z, int threads) {
    return new Grid(count(x), count(y), count(z), threads, 0);
  }

  /** One thread per element. */
  public static Grid covering(long elements, int threads) {
    return of(Math.ceilDiv(elements, (long) threads), threads);
  }

  /** This grid with dynamic shared memory. */
  public Grid withShared(int bytes) {
    return new Grid(x, y, z, threads, bytes);
  }

  /** Whether there are no blocks, which the driver rejects. */
  boolean isEmpty() {
    return x == 0 || y == 0 || z == 0;
  }

  private static int count(long blocks) {
    if (blocks > Integer.MAX_VALUE) {
      throw new DeviceException("cuda: " + blocks + " blocks exceed the limit of one dimension");
    }
    return (int) blocks;
  }

  @Override
  public String toString() {
    return "%d x %d x %d blocks of %d threads, %d bytes shared"
        .formatted(x, y, z, threads, sharedBytes);
  }
}
