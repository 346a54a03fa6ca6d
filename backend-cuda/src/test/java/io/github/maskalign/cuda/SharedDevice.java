package io.github.maskalign.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.maskalign.cuda.emulator.Emulator;
import io.github.maskalign.tensor.Backend;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import org.jspecify.annotations.Nullable;

/**
 * One backend for thousands of short tests, each with another interleaving of its streams. What a
 * test gets seems its own; closing it looks for faults and leaves the device open.
 */
final class SharedDevice {

  private static @Nullable SharedDevice only;

  private final Emulator emulator = Emulator.start();
  private final CudaBackend backend;
  private long opened;

  private SharedDevice() {
    emulator.renew();
    emulator.set("memory", 1L << 30);
    System.setProperty(Gpu.POOL_PROPERTY, "exact");
    this.backend = new CudaBackend(Gpus.open());
    System.clearProperty(Gpu.POOL_PROPERTY);
  }

  /**
   * The backend, empty.
   *
   * @param reverse whether the threads of a block run from the last to the first
   */
  static synchronized Backend open(boolean reverse) {
    if (only == null) {
      only = new SharedDevice();
    }
    return only.next(reverse);
  }

  private Backend next(boolean reverse) {
    backend.gpu.device().synchronize();
    emulator.set("reverse", reverse ? 1 : 0);
    emulator.set("seed", ++opened);
    return (Backend)
        Proxy.newProxyInstance(
            Backend.class.getClassLoader(),
            new Class<?>[] {Backend.class},
            (_, method, arguments) -> {
              if (method.getName().equals("close")) {
                backend.gpu.device().synchronize();
                assertEquals("", emulator.fault(), "the emulated device met a fault");
                return null;
              }
              try {
                return method.invoke(backend, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }
}
