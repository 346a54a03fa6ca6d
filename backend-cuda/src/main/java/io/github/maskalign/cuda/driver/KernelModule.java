package io.github.maskalign.cuda.driver;

import io.github.maskalign.cuda.binding.Handle;
import java.util.HashMap;
import java.util.Map;

/** A loaded module of kernels. */
public final class KernelModule implements AutoCloseable {

  private final Device device;
  private final String name;
  private final Handle module;
  private final Map<String, Kernel> kernels = new HashMap<>();

  KernelModule(Device device, String name, byte[] image) {
    this.device = device;
    this.name = name;
    device.makeCurrent();
    module =
        device
            .status()
            .created(
                created ->
                    device.retried(
                        Status.OUT_OF_MEMORY,
                        () -> device.library().moduleLoadData(created, image)),
                () -> "loading the kernels of " + name);
  }

  /** Returns the kernel with this name, declared {@code extern "C" __global__}. */
  public synchronized Kernel kernel(String function) {
    return kernels.computeIfAbsent(function, this::find);
  }

  private Kernel find(String function) {
    device.makeCurrent();
    Handle handle =
        device
            .status()
            .created(
                found -> device.library().moduleGetFunction(found, module, function),
                () -> name + " has no kernel " + function);
    return new Kernel(device, function, handle, device.info().sharedBytes());
  }

  @Override
  public void close() {
    device.makeCurrent();
    device.status().check(device.library().moduleUnload(module), () -> "unloading " + name);
  }
}
