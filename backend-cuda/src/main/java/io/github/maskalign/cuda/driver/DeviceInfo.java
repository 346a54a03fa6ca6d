package io.github.maskalign.cuda.driver;

/**
 * Name, architecture and limits of a GPU.
 *
 * @param ordinal its number among the devices that the process sees
 * @param devices number of those
 * @param name product name
 * @param major major compute capability
 * @param minor minor compute capability
 * @param totalMemory bytes of device memory
 * @param sharedBytes maximum shared memory of a block
 */
public record DeviceInfo(
    int ordinal,
    int devices,
    String name,
    int major,
    int minor,
    long totalMemory,
    int sharedBytes) {

  /** Compute capability as one number, 90 for 9.0, as in the name of an architecture. */
  public int architecture() {
    return major * 10 + minor;
  }
}
