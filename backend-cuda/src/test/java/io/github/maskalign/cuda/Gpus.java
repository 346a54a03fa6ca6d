package io.github.maskalign.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.maskalign.cuda.library.LibrarySearch;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.BackendProvider.Availability;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.Precision;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.function.Function;

/** Opens the device and moves arrays, for tests. */
final class Gpus {

  private Gpus() {}

  static Gpu open() {
    return open(Long.MAX_VALUE);
  }

  static Gpu open(long memoryLimit) {
    return open(memoryLimit, KernelSource::load);
  }

  /** The device with other sources of kernels. */
  static Gpu open(long memoryLimit, Function<String, KernelSource> sources) {
    assertEquals(new Availability.Available(), CudaProbe.run(new LibrarySearch()));
    return Gpu.open(memoryLimit, sources);
  }

  /** A backend every tensor of which has a block of its own, so that reads behind it are found. */
  static CudaBackend exactBackend() {
    return exactBackend(Precision.F32, KernelSource::load);
  }

  /** The same in another precision and with other sources of kernels. */
  static CudaBackend exactBackend(Precision precision, Function<String, KernelSource> sources) {
    System.setProperty(Gpu.POOL_PROPERTY, "exact");
    try {
      return new CudaBackend(open(Long.MAX_VALUE, sources), precision);
    } finally {
      System.clearProperty(Gpu.POOL_PROPERTY);
    }
  }

  /** The CPU's backend on one thread, to compare with. */
  static Backend openCpu() {
    return Backends.open("cpu", BackendOptions.defaults().withThreads(1)).backend();
  }

  /** A block that holds the values. */
  static CudaStorage of(Gpu gpu, float... values) {
    CudaStorage storage = gpu.pool().allocate(4L * values.length);
    gpu.transfers().upload(MemorySegment.ofArray(values), storage.address());
    return storage;
  }

  /** A block that holds the values rounded to BF16. */
  static CudaStorage ofBf16(Gpu gpu, float... values) {
    short[] halves = new short[values.length];
    for (int i = 0; i < values.length; i++) {
      halves[i] = (short) (Float.floatToRawIntBits(values[i]) >>> 16);
    }
    CudaStorage storage = gpu.pool().allocate(2L * values.length);
    gpu.transfers().upload(MemorySegment.ofArray(halves), storage.address());
    return storage;
  }

  /** The first values of a block, when all work that is queued is done. */
  static float[] floats(Gpu gpu, CudaStorage storage, int count) {
    float[] values = new float[count];
    gpu.transfers().download(storage.address(), MemorySegment.ofArray(values));
    return values;
  }

  static float[] random(int count, long seed) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      // Few bits, so that BF16 holds them and sums are exact.
      values[i] = random.nextInt(-8, 8) / 8f;
    }
    return values;
  }

  /** Memory of a structure with an address and a float. */
  static MemorySegment pair(Arena arena, long address, float value) {
    MemorySegment pair = arena.allocate(16, 8);
    pair.set(ValueLayout.JAVA_LONG, 0, address);
    pair.set(ValueLayout.JAVA_FLOAT, 8, value);
    return pair;
  }
}
