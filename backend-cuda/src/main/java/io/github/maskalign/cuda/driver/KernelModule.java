package io.github.maskalign.cuda.driver;

import java.util.HashMap;
import java.util.Map;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.JCudaDriver;

/** Compiled kernels on a device. */
public final class KernelModule implements AutoCloseable {

  private final Device device;
  private final String name;
  private final CUmodule module = new CUmodule();
  private final Map<String, Kernel> kernels = new HashMap<>();

  KernelModule(Device device, String name, byte[] image) {
    this.device = device;
    this.name = name;
    device.enter();
    Status.driver(
        JCudaDriver.cuModuleLoadData(module, image), () -> "loading the kernels of " + name);
  }

  /** The kernel of this name, declared {@code extern "C" __global__}; the same each time. */
  public synchronized Kernel kernel(String function) {
    return kernels.computeIfAbsent(function, this::find);
  }

  private Kernel find(String function) {
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
