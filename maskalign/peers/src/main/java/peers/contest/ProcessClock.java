package peers.contest;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.time.Duration;

/**
 * Processor time of this process: of all its threads, since libtorch runs the backward pass in a
 * thread of its own. Java's own figure has a resolution of 10 ms.
 */
public final class ProcessClock {

  private static final int CLOCK_PROCESS_CPUTIME_ID = 2;
  private static final int RUSAGE_CHILDREN = -1;

  /** More than the size of {@code struct rusage}, which starts with the two times used here. */
  private static final int RUSAGE_BYTES = 256;

  private final MemorySegment time = Arena.global().allocate(16, 8);
  private final MemorySegment usage = Arena.global().allocate(RUSAGE_BYTES, 8);
  private final MethodHandle gettime = function("clock_gettime");
  private final MethodHandle getrusage = function("getrusage");

  private static MethodHandle function(String name) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS));
  }

  /** Nanoseconds of processor time that the process has used. */
  public long cpu() {
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

  /** The same with the processes that this one has started, whether they run or have ended. */
  long cpuWithChildren() {
    long running =
        ProcessHandle.current()
            .descendants()
            .mapToLong(child -> child.info().totalCpuDuration().orElse(Duration.ZERO).toNanos())
            .sum();
    return cpu() + running + ended();
  }

  private long ended() {
    try {
      if ((int) getrusage.invokeExact(RUSAGE_CHILDREN, usage) != 0) {
        throw new IllegalStateException("getrusage failed");
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
    long seconds = usage.get(JAVA_LONG, 0) + usage.get(JAVA_LONG, 16);
    long micros = usage.get(JAVA_LONG, 8) + usage.get(JAVA_LONG, 24);
    return 1_000_000_000L * seconds + 1_000L * micros;
  }
}
