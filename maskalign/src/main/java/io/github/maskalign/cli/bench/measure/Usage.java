package io.github.maskalign.cli.bench.measure;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.MemoryStats;
import java.lang.management.ManagementFactory;

/**
 * What the process has used so far.
 *
 * @param heap bytes of Java objects that all threads together have made, NaN if unknown
 * @param cpu seconds of processor time of all threads, the compiler's among them; NaN if unknown
 * @param pool bytes that the backend holds, in use or not
 * @param queued operations handed to a device, NaN if there is none
 */
record Usage(double heap, double cpu, double pool, double queued) {

  static Usage of(Backend backend) {
    MemoryStats memory = backend.memory();
    double queued = backend.queued().isPresent() ? backend.queued().getAsLong() : Double.NaN;
    return new Usage(heapNow(), cpuNow(), (double) memory.live() + memory.pooled(), queued);
  }

  private static double heapNow() {
    if (ManagementFactory.getThreadMXBean() instanceof ThreadMXBean threads) {
      long bytes = threads.getTotalThreadAllocatedBytes();
      return bytes < 0 ? Double.NaN : bytes;
    }
    return Double.NaN;
  }

  private static double cpuNow() {
    if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
      long nanos = system.getProcessCpuTime();
      return nanos < 0 ? Double.NaN : 1e-9 * nanos;
    }
    return Double.NaN;
  }
}
