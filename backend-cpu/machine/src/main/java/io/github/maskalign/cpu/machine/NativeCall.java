package io.github.maskalign.cpu.machine;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.MethodHandle;

/**
 * Calls functions of three to six numbers or addresses, all by one handle: the JVM takes some 10 ms
 * to make a handle of a new type. The calling convention of Linux passes six arguments in registers
 * of 64 bits, and a function ignores the upper half of an {@code int} and arguments that it does
 * not have.
 */
final class NativeCall {

  private static final StructLayout STATE = Linker.Option.captureStateLayout();
  private static final long ERRNO = STATE.byteOffset(PathElement.groupElement("errno"));

  private static final MethodHandle CALL =
      Linker.nativeLinker()
          .downcallHandle(
              FunctionDescriptor.of(
                  JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
              Linker.Option.captureCallState("errno"));

  private NativeCall() {}

  /**
   * What a function returned.
   *
   * @param value whose upper half is undefined if the function returns an {@code int}
   * @param errno of the C library, if the value tells of an error
   */
  record Result(long value, int errno) {}

  /** Calls a function of three arguments. */
  static Result call(MemorySegment function, long a, long b, long c) {
    return call(function, a, b, c, 0, 0, 0);
  }

  /** Calls a function of six arguments. */
  static Result call(MemorySegment function, long a, long b, long c, long d, long e, long f) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(STATE);
      long value = (long) CALL.invokeExact(function, state, a, b, c, d, e, f);
      return new Result(value, state.get(JAVA_INT, ERRNO));
    } catch (RuntimeException | Error thrown) {
      throw thrown;
    } catch (Throwable thrown) {
      throw new IllegalStateException("unexpected exception of a native call", thrown);
    }
  }
}
