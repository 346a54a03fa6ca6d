package io.github.maskalign.cuda.library;

/** A major version of NVIDIA's libraries. */
public enum CudaRelease {
  CUDA_12(12, "12.9-9.10-1.5.12"),
  CUDA_13(13, "13.1-9.19-1.5.13");

  private final int major;
  private final String version;

  CudaRelease(int major, String version) {
    this.major = major;
    this.version = version;
  }

  /** Such as 13. */
  public int major() {
    return major;
  }

  /** The oldest CUDA version of the driver that runs these libraries: 13000 is 13.0. */
  public int minDriver() {
    return 1000 * major;
  }

  /** The Maven artifacts with all libraries except the driver's, for a platform. */
  String artifacts(String platform) {
    return "org.bytedeco:cuda-redist:%1$s:%2$s and org.bytedeco:cuda-redist-cublas:%1$s:%2$s"
        .formatted(version, platform);
  }
}
