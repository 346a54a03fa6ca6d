package io.github.maskalign.cpu.machine;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** Memory between two pages that cannot be accessed: touching them ends the JVM. */
final class GuardedMemory {

  private static final long PAGE = 4096;
  private static final int NONE = 0;
  private static final int READ_AND_WRITE = 3;
  private static final int PRIVATE_ANONYMOUS = 0x22;

  private final MemorySegment usable;

  /** Memory of at least so many bytes, kept until the JVM ends. */
  GuardedMemory(long bytes) {
    Linker linker = Linker.nativeLinker();
    MethodHandle mmap =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("mmap"),
            FunctionDescriptor.of(
                ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG));
    MethodHandle mprotect =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("mprotect"),
            FunctionDescriptor.of(JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT));
    long pages = Math.ceilDiv(bytes, PAGE) * PAGE;
    try {
      MemorySegment all =
          (MemorySegment)
              mmap.invokeExact(
                  MemorySegment.NULL, pages + 2 * PAGE, NONE, PRIVATE_ANONYMOUS, -1, 0L);
      if (all.address() == -1) {
        throw new IllegalStateException("mmap of " + pages + " bytes failed");
      }
      usable = all.reinterpret(pages + 2 * PAGE).asSlice(PAGE, pages);
      if ((int) mprotect.invokeExact(usable, pages, READ_AND_WRITE) != 0) {
        throw new IllegalStateException("mprotect failed");
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** Right behind the first guard. */
  MemorySegment first(long bytes) {
    return usable.asSlice(0, bytes);
  }

  /** Right before the last guard. */
  MemorySegment last(long bytes) {
    return usable.asSlice(usable.byteSize() - bytes, bytes);
  }

  /** The last guard itself, a page. */
  MemorySegment guard() {
    return MemorySegment.ofAddress(usable.address() + usable.byteSize()).reinterpret(PAGE);
  }
}
