package io.github.maskalign.cuda.driver;

/**
 * What a GPU is.
 *
 * @param name as NVIDIA sells it
 * @param major compute capability before the point
 * @param minor compute capability behind the point
 * @param totalMemory bytes of device memory
 * @param multiprocessors streaming multiprocessors
 * @param sharedBytes most shared memory that a block may ask for
 * @param clockKilohertz highest clock of the multiprocessors
 */
public record DeviceInfo(
    String name,
    int major,
    int minor,
    long totalMemory,
    int multiprocessors,
    int sharedBytes,
    int clockKilohertz) {

  /** Compute capability as one number, 90 for 9.0, as in the name of an architecture. */
  public int architecture() {
    return major * 10 + minor;
  }
}
