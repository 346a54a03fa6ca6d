package io.github.maskalign.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.maskalign.cuda.emulator.Emulator;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.Precision;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.EnumMap;
import java.util.Map;

/**
 * One backend per precision, shared by thousands of short tests with different interleavings of its
 * streams. When a test closes its backend, the device is checked for faults and stays open.
 */
final class SharedDevice {

  private static final Emulator EMULATOR = Emulator.start();
  private static final Map<Precision, CudaBackend> BACKENDS = new EnumMap<>(Precision.class);
  private static long opened;

  private SharedDevice() {}

  /**
   * Returns the backend.
   *
   * @param reverse whether the threads of a block run from last to first
   */
  static synchronized Backend open(Precision precision, boolean reverse) {
    if (BACKENDS.isEmpty()) {
      EMULATOR.renew();
      EMULATOR.set("memory", 1L << 30);
    }
    CudaBackend backend = BACKENDS.computeIfAbsent(precision, SharedDevice::start);
    backend.synchronize();
    EMULATOR.set("reverse", reverse ? 1 : 0);
    EMULATOR.set("seed", ++opened);
    return unclosed(backend);
  }

  private static CudaBackend start(Precision precision) {
    return new CudaBackend(Gpus.openExact(), precision);
  }

  private static Backend unclosed(CudaBackend backend) {
    return (Backend)
        Proxy.newProxyInstance(
            Backend.class.getClassLoader(),
            new Class<?>[] {Backend.class},
            (_, method, arguments) -> {
              if (method.getName().equals("close")) {
                backend.synchronize();
                assertEquals("", EMULATOR.fault(), "the emulated device found a fault");
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
