package io.github.maskalign.cuda.binding.foreign;

import io.github.maskalign.cuda.binding.Handle;
import io.github.maskalign.tensor.error.DeviceException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.function.LongToIntFunction;

/**
 * The functions of a loaded library. Pointers are passed as 64-bit integers, since most come from
 * the library itself.
 */
final class NativeFunctions {

  static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
  static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  static final ValueLayout.OfLong POINTER = ValueLayout.JAVA_LONG;

  private final String library;
  private final SymbolLookup symbols;

  /**
   * The functions of a library.
   *
   * @param library its file, or a name that the system's loader knows
   */
  NativeFunctions(String library) {
    this.library = library;
    Path file = Path.of(library);
    symbols =
        file.isAbsolute()
            ? SymbolLookup.libraryLookup(file, Arena.global())
            : SymbolLookup.libraryLookup(library, Arena.global());
  }

  /**
   * A function that returns a status.
   *
   * @throws DeviceException if the library has none of that name
   */
  MethodHandle function(String name, MemoryLayout... parameters) {
    return linked(name, FunctionDescriptor.of(INT, parameters));
  }

  /** A function that returns the text of a status. */
  MethodHandle text(String name) {
    return linked(name, FunctionDescriptor.of(POINTER, INT));
  }

  private MethodHandle linked(String name, FunctionDescriptor type) {
    MemorySegment address =
        symbols
            .find(name)
            .orElseThrow(
                () -> new DeviceException("cuda: %s has no function %s".formatted(library, name)));
    return Linker.nativeLinker().downcallHandle(address, type);
  }

  /** The text at an address; empty if it is null. */
  static String textAt(long address) {
    return address == 0
        ? ""
        : MemorySegment.ofAddress(address).reinterpret(Long.MAX_VALUE).getString(0);
  }

  /** Calls what creates an object: with the address where it writes the object's own. */
  static int created(Handle[] created, LongToIntFunction call) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment object = arena.allocate(POINTER);
      int code = call.applyAsInt(object.address());
      created[0] = new Pointer(object.get(POINTER, 0));
      return code;
    }
  }

  /** Calls what computes an integer: with the address where it writes it. */
  static int computed(int[] number, LongToIntFunction call) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment computed = arena.allocate(INT);
      int code = call.applyAsInt(computed.address());
      number[0] = computed.get(INT, 0);
      return code;
    }
  }

  /** The same for an integer of 64 bits. */
  static int computed(long[] number, LongToIntFunction call) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment computed = arena.allocate(LONG);
      int code = call.applyAsInt(computed.address());
      number[0] = computed.get(LONG, 0);
      return code;
    }
  }

  // ---- calls, one for each list of parameters ----

  static int call(MethodHandle function) {
    try {
      return (int) function.invokeExact();
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int call(MethodHandle function, int a) {
    try {
      return (int) function.invokeExact(a);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int call(MethodHandle function, long a) {
    try {
      return (int) function.invokeExact(a);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int call(MethodHandle function, int a, long b) {
    try {
      return (int) function.invokeExact(a, b);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int call(MethodHandle function, long a, int b) {
    try {
      return (int) function.invokeExact(a, b);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int call(MethodHandle function, long a, long b) {
    try {
      return (int) function.invokeExact(a, b);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int call(MethodHandle function, long a, int b, int c) {
    try {
      return (int) function.invokeExact(a, b, c);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int call(MethodHandle function, long a, int b, long c) {
    try {
      return (int) function.invokeExact(a, b, c);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int call(MethodHandle function, long a, long b, int c) {
    try {
      return (int) function.invokeExact(a, b, c);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int call(MethodHandle function, long a, long b, long c) {
    try {
      return (int) function.invokeExact(a, b, c);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int call(MethodHandle function, long a, byte b, long c, long d) {
    try {
      return (int) function.invokeExact(a, b, c, d);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int call(MethodHandle function, long a, int b, long c, long d) {
    try {
      return (int) function.invokeExact(a, b, c, d);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int call(MethodHandle function, long a, long b, long c, long d) {
    try {
      return (int) function.invokeExact(a, b, c, d);
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  static int call(MethodHandle function, long a, long b, long c, int d, long e, long f) {
    try {
      return (int) function.invokeExact(a, b, c, d, e, f);
    } catch (Throwable failure) {
      throw unexpected(failure);
    }
  }

  /** The text of a status. */
  static String textOf(MethodHandle function, int code) {
    try {
      return textAt((long) function.invokeExact(code));
    } catch (Throwable e) {
      throw unexpected(e);
    }
  }

  /** A call fails by its status only, so this is a fault of the program. */
  static RuntimeException unexpected(Throwable failure) {
    return switch (failure) {
      case RuntimeException e -> e;
      case Error e -> throw e;
      default -> new IllegalStateException(failure);
    };
  }
}
