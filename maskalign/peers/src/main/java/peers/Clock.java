package peers;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Measures CPU time of the whole process if the benchmark uses one thread, since libtorch runs
 * backward in a separate thread and other load disturbs CPU time less; else wall-clock time.
 */
final class Clock {

  private static final int CLOCK_PROCESS_CPUTIME_ID = 2;

  private final boolean wall;
  private final MemorySegment time = Arena.global().allocate(16, 8);
  private final MethodHandle gettime =
      Linker.nativeLinker()
          .downcallHandle(
              Linker.nativeLinker().defaultLookup().findOrThrow("clock_gettime"),
              FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));

  Clock(int threads) {
    wall = threads > 1;
  }

  /** Nanoseconds. */
  long now() {
    if (wall) {
      return System.nanoTime();
    }
    try {
      if ((int) gettime.invokeExact(CLOCK_PROCESS_CPUTIME_ID, time) != 0) {
        throw new IllegalStateException("clock_gettime failed");
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
    return 1_000_000_000L * time.get(JAVA_LONG, 0) + time.get(JAVA_LONG, 8);
  }
}
