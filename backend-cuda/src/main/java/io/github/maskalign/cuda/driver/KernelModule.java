package io.github.maskalign.cuda.driver;

import java.util.HashMap;
import java.util.Map;
import jcuda.driver.CUfunction;
import jcuda.driver.CUmodule;
import jcuda.driver.JCudaDriver;

/** A loaded module of kernels. */
public final class KernelModule implements AutoCloseable {

  private final Device device;
  private final String name;
  private final CUmodule module = new CUmodule();
  private final Map<String, Kernel> kernels = new HashMap<>();

  KernelModule(Device device, String name, byte[] image) {
    this.device = device;
    this.name = name;
    device.makeCurrent();
    Status.driver(
        JCudaDriver.cuModuleLoadData(module, image), () -> "loading the kernels of " + name);
  }

  /** Returns the kernel with this name, declared {@code extern "C" __global__}. */
  public synchronized Kernel kernel(String function) {
    return kernels.computeIfAbsent(function, this::find);
  }

  private Kernel find(String function) {
    device.makeCurrent();
    CUfunction handle = new CUfunction();
    Status.driver(
        JCudaDriver.cuModuleGetFunction(handle, module, function),
        () -> name + " has no kernel " + function);
    return new Kernel(function, handle, device.info().sharedBytes());
  }

  @Override
  public void close() {
    device.makeCurrent();
    Status.driver(JCudaDriver.cuModuleUnload(module), () -> "unloading " + name);
  }
}
