package io.github.maskalign.cuda;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import io.github.maskalign.cuda.CudaProbe.Outcome.Usable;
import io.github.maskalign.cuda.driver.Device;
import io.github.maskalign.cuda.driver.Driver;
import io.github.maskalign.cuda.runtime.CudaStorage;
import io.github.maskalign.cuda.runtime.Gpu;
import io.github.maskalign.cuda.runtime.KernelSource;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.Precision;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.function.Function;

/** Opens the device and copies arrays, for tests. */
public final class Gpus {

  private Gpus() {}

  public static Gpu open() {
    return open(Long.MAX_VALUE);
  }

  public static Gpu open(long memoryLimit) {
    return open(memoryLimit, KernelSource::load);
  }

  /** Opens the device with other kernel sources. */
  public static Gpu open(long memoryLimit, Function<String, KernelSource> sources) {
    return Gpu.open(openDevice(), memoryLimit, sources);
  }

  /** The first device alone. */
  public static Device openDevice() {
    return openDevice(0);
  }

  /** A device alone. */
  public static Device openDevice(int ordinal) {
    CudaProbe.Outcome outcome = CudaProbe.run(ordinal);
    Usable usable = assertInstanceOf(Usable.class, outcome, outcome::toString);
    return new Driver(usable.binding()).open(ordinal);
  }

  /** A backend with a separate block for each tensor, so that reads out of bounds are found. */
  public static CudaBackend exactBackend() {
    return exactBackend(Precision.F32, KernelSource::load);
  }

  /** The same with another precision and other kernel sources. */
  public static CudaBackend exactBackend(
      Precision precision, Function<String, KernelSource> sources) {
    return new CudaBackend(openExact(sources), precision);
  }

  /** The device with a separate block for each tensor. */
  public static Gpu openExact() {
    return openExact(KernelSource::load);
  }

  private static Gpu openExact(Function<String, KernelSource> sources) {
    System.setProperty(Gpu.POOL_PROPERTY, "exact");
    try {
      return open(Long.MAX_VALUE, sources);
    } finally {
      System.clearProperty(Gpu.POOL_PROPERTY);
    }
  }

  /** The CPU backend on one thread, for comparison. */
  public static Backend openCpu() {
    return Backends.open("cpu", BackendOptions.defaults().withThreads(1)).backend();
  }

  /** Copies values to a new block. */
  public static CudaStorage of(Gpu gpu, float... values) {
    CudaStorage storage = gpu.pool().allocate(4L * values.length);
    gpu.transfers().upload(MemorySegment.ofArray(values), storage.address());
    return storage;
  }

  /** Copies values, rounded to BF16, to a new block. */
  public static CudaStorage ofBf16(Gpu gpu, float... values) {
    short[] halves = new short[values.length];
    for (int i = 0; i < values.length; i++) {
      halves[i] = (short) (Float.floatToRawIntBits(values[i]) >>> 16);
    }
    CudaStorage storage = gpu.pool().allocate(2L * values.length);
    gpu.transfers().upload(MemorySegment.ofArray(halves), storage.address());
    return storage;
  }

  /** Reads the first values of a block, after all queued work. */
  public static float[] floats(Gpu gpu, CudaStorage storage, int count) {
    float[] values = new float[count];
    gpu.transfers().download(storage.address(), MemorySegment.ofArray(values));
    return values;
  }

  public static float[] random(int count, long seed) {
    Random random = new Random(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      // Few bits, so that BF16 is exact and so are sums.
      values[i] = random.nextInt(-8, 8) / 8f;
    }
    return values;
  }

  /** A structure of an address and a float. */
  public static MemorySegment pair(Arena arena, long address, float value) {
    MemorySegment pair = arena.allocate(16, 8);
    pair.set(ValueLayout.JAVA_LONG, 0, address);
    pair.set(ValueLayout.JAVA_FLOAT, 8, value);
    return pair;
  }
}
