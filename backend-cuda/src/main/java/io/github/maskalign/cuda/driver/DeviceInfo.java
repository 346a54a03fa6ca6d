package io.github.maskalign.cuda.driver;

/**
 * Name, architecture and limits of a GPU.
 *
 * @param name product name
 * @param major major compute capability
 * @param minor minor compute capability
 * @param totalMemory bytes of device memory
 * @param multiprocessors number of streaming multiprocessors
 * @param sharedBytes maximum shared memory of a block
 * @param clockKilohertz maximum clock of the multiprocessors
 */
public record DeviceInfo(
    String name,
    int major,
    int minor,
    long totalMemory,
    int multiprocessors,
    int sharedBytes,
    int clockKilohertz) {

  /** ComputeType capability as one number, 90 for 9.0, as in the name of an architecture. */
  public int architecture() {
    return major * 10 + minor;
  }
}
