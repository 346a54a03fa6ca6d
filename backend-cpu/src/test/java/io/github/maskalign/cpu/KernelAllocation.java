package io.github.maskalign.cpu;

import com.sun.management.ThreadMXBean;
import io.github.maskalign.cpu.KernelCalls.Call;
import io.github.maskalign.cpu.KernelCalls.Size;
import io.github.maskalign.cpu.bf16.Bf16Kernel;
import io.github.maskalign.cpu.kernel.Kernels;
import io.github.maskalign.cpu.runtime.Scratch;
import io.github.maskalign.cpu.runtime.Workers;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.memory.HostPool;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Calls every kernel with mixed sizes in this JVM until all are compiled, then prints a line per
 * call: bytes of Java objects, elements of its operands, heads of attention, name.
 */
final class KernelAllocation {

  /** Rounds without a new compilation after which all kernels are compiled. */
  private static final int QUIET_ROUNDS = 300;

  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(150);
  private static final int SAMPLES = 5;

  private record Sized(Size size, Call call) {}

  private KernelAllocation() {}

  /** Takes the name of the backend, or {@code bf16}. */
  public static void main(String[] args) {
    try (Backend backend = args[0].equals("bf16") ? bf16() : open(args[0]);
        Scope scope = Scope.root(backend, "kernels")) {
      List<Sized> calls = new ArrayList<>();
      for (Size size : KernelCalls.MIXED) {
        KernelCalls.of(scope.eager(), size).forEach(call -> calls.add(new Sized(size, call)));
      }
      // The sizes of a kernel follow each other, as in a network.
      calls.sort(Comparator.comparing(sized -> sized.call.name()));
      warmUp(scope, calls);
      for (Sized sized : calls) {
        long[] bytes = new long[SAMPLES];
        Arrays.setAll(bytes, _ -> allocated(scope, sized.call));
        Arrays.sort(bytes);
        System.out.printf(
            "%d %d %d %s, %s%n",
            bytes[SAMPLES / 2],
            sized.size.elements(),
            sized.call.heads(),
            sized.call.name(),
            sized.size);
      }
    }
  }

  private static Backend open(String name) {
    return Backends.open(name, new BackendOptions(1, Long.MAX_VALUE)).backend();
  }

  /** What surrounds the kernel of products, which itself does nothing here. */
  private static Backend bf16() {
    Bf16Kernel none =
        new Bf16Kernel() {
          @Override
          public String description() {
            return "none";
          }

          @Override
          public void multiply(int rows, int terms, Rows a, MemorySegment b, Rows addend, Rows c) {}
        };
    Workers workers = new Workers(1);
    Scratch scratch = new Scratch();
    Kernels kernels = VectorKernels.create(workers, scratch);
    return new CpuBackend(
        new HostPool(Long.MAX_VALUE, false),
        workers,
        VectorKernels.withBf16(kernels, workers, scratch, none, "none", 0));
  }

  private static void warmUp(Scope scope, List<Sized> calls) {
    long end = System.nanoTime() + LIMIT_NANOS;
    int quiet = 0;
    for (long fewest = Long.MAX_VALUE; quiet < QUIET_ROUNDS && System.nanoTime() < end; ) {
      long bytes = 0;
      for (Sized sized : calls) {
        bytes += allocated(scope, sized.call);
      }
      quiet = bytes < fewest ? 0 : quiet + 1;
      fewest = Math.min(fewest, bytes);
    }
  }

  private static long allocated(Scope scope, Call call) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Scope inner = scope.child("call")) {
      long before = threads.getTotalThreadAllocatedBytes();
      call.body().accept(inner.eager());
      return threads.getTotalThreadAllocatedBytes() - before;
    }
  }
}
