package io.github.maskalign.cuda;

import io.github.maskalign.cuda.driver.DeviceInfo;

/**
 * Runs on one NVIDIA GPU: products by cuBLAS, everything else by kernels compiled for the device.
 * Operations are queued and return at once; only a download waits.
 */
final class CudaBackend extends CudaPrimitives {

  /** A backend on an open device, which it closes. */
  CudaBackend(Gpu gpu) {
    super(gpu);
  }

  @Override
  public String name() {
    return "cuda";
  }

  @Override
  public String description() {
    DeviceInfo info = gpu.device().info();
    return "cuda (%s, compute capability %d.%d, %d GiB)"
        .formatted(info.name(), info.major(), info.minor(), info.totalMemory() >> 30);
  }
}
