package io.github.maskalign.cuda.driver;

import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.JCudaDriver;

/** Compiled kernels on a device. */
public final class KernelModule implements AutoCloseable {

  private final Device device;
  private final String name;
  private final CUmodule module = new CUmodule();

  KernelModule(Device device, String name, byte[] image) {
    this.device = device;
    this.name = name;
    device.enter();
    Status.driver(
        JCudaDriver.cuModuleLoadData(module, image), () -> "loading the kernels of " + name);
  }

  /** The kernel of this name, declared {@code extern "C" __global__}. */
  public Kernel kernel(String function) {
    device.enter();
    CUfunction handle = new CUfunction();
    Status.driver(
        JCudaDriver.cuModuleGetFunction(handle, module, function),
        () -> "looking for kernel " + function + " in " + name);
    return new Kernel(function, handle, device.info().sharedBytes());
  }

  @Override
  public void close() {
    device.enter();
    Status.driver(JCudaDriver.cuModuleUnload(module), () -> "unloading " + name);
  }
}
