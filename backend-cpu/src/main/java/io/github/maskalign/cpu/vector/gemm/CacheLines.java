package io.github.maskalign.cpu.vector.gemm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * Where in an array a cache line begins. A load of 64 bytes that straddles two lines costs Intel's
 * processors two accesses. If the collector moves the array, that costs speed, not correctness.
 */
final class CacheLines {

  private static final int BYTES = 64;

  /** Floats of a line. */
  static final int FLOATS = BYTES / Float.BYTES;

  private static final @Nullable MethodHandle MEMMOVE = memmove();

  private CacheLines() {}

  /** The index of the first float of an array that begins a line; 0 if it cannot be found. */
  static int first(float[] array) {
    if (MEMMOVE == null) {
      return 0;
    }
    MemorySegment segment = MemorySegment.ofArray(array);
    try {
      long address = (long) MEMMOVE.invokeExact(segment, segment, 0L);
      return (int) (-address & BYTES - 1) / Float.BYTES;
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** Moving nothing returns the address that was given, also that of an array. */
  private static @Nullable MethodHandle memmove() {
    try {
      Linker linker = Linker.nativeLinker();
      return linker.downcallHandle(
          linker.defaultLookup().findOrThrow("memmove"),
          FunctionDescriptor.of(JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG),
          Linker.Option.critical(true));
    } catch (RuntimeException unavailable) {
      return null;
    }
  }
}
