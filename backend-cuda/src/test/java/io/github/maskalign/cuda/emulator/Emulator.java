package io.github.maskalign.cuda.emulator;

import static org.junit.jupiter.api.Assertions.fail;

import io.github.maskalign.cuda.library.LibrarySearch;
import io.github.maskalign.cuda.library.UserCache;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/**
 * The emulated device of this Java process: it is built, found by the backend's own search, and
 * steered from here. Settings hold until they are set anew; their names are in {@code
 * settings.cpp}.
 */
public final class Emulator {

  /** Set to {@code required}, a machine that cannot build fails the tests instead of skipping. */
  public static final String PROPERTY = "cuda.emulator";

  private static final Path FOLDER = Path.of("target", "emulator");

  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

  private static @Nullable Emulator started;

  private final MethodHandle set;
  private final MethodHandle get;
  private final MethodHandle fault;
  private final MethodHandle leaks;
  private final MethodHandle forget;
  private final MethodHandle renew;

  private Emulator(SymbolLookup driver) {
    this.set = function(driver, "emu_set", FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, LONG));
    this.get = function(driver, "emu_get", FunctionDescriptor.of(LONG, ValueLayout.ADDRESS));
    this.fault = function(driver, "emu_fault", FunctionDescriptor.of(ValueLayout.ADDRESS));
    this.leaks = function(driver, "emu_leaks", FunctionDescriptor.of(ValueLayout.ADDRESS));
    this.forget = function(driver, "emu_forget", FunctionDescriptor.ofVoid());
    this.renew = function(driver, "emu_renew", FunctionDescriptor.ofVoid());
  }

  /**
   * Lets everything that asks for CUDA in this process find the emulated device; the same each
   * time.
   *
   * @throws TestAbortedException if there is no g++ to build it
   */
  public static synchronized Emulator start() {
    if (started != null) {
      return started;
    }
    Path folder = build();
    System.setProperty(LibrarySearch.PROPERTY, folder.toString());
    System.setProperty(UserCache.PROPERTY, Path.of("target", "emulator-cache").toString());
    started =
        new Emulator(SymbolLookup.libraryLookup(folder.resolve("libcuda.so.1"), Arena.global()));
    return started;
  }

  /** The folder of the emulated libraries, for another process. */
  public static synchronized Path build() {
    Optional<String> compiler = EmulatorBuild.compiler();
    if (compiler.isEmpty()) {
      String text = "NO g++: THE TESTS OF THE CUDA BACKEND ON ITS EMULATED DEVICE CANNOT RUN";
      if (System.getProperty(PROPERTY, "").equals("required")) {
        fail(text + ", and -D" + PROPERTY + "=required demands them; install g++");
      }
      System.err.println("\n*** " + text + " AND ARE SKIPPED; INSTALL g++ ***\n");
      throw new TestAbortedException(text);
    }
    try {
      return new EmulatorBuild(FOLDER).build(compiler.get());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Changes a setting. */
  public void set(String key, long value) {
    try (Arena arena = Arena.ofConfined()) {
      set.invoke(arena.allocateFrom(key), value);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** Asks for a setting. */
  public long get(String key) {
    try (Arena arena = Arena.ofConfined()) {
      return (long) get.invoke(arena.allocateFrom(key));
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /** The first thing that went wrong since {@link #forget}, or an empty text. */
  public String fault() {
    return text(fault);
  }

  /** What is still allocated, or an empty text. */
  public String leaks() {
    return text(leaks);
  }

  /** Makes the device usable after a fault; what is queued is dropped. */
  public void forget() {
    call(forget);
  }

  /** Forgets everything, what is allocated included. */
  public void renew() {
    call(renew);
  }

  private static void call(MethodHandle function) {
    try {
      function.invoke();
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static String text(MethodHandle function) {
    try {
      return ((MemorySegment) function.invoke()).reinterpret(Long.MAX_VALUE).getString(0);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static MethodHandle function(
      SymbolLookup library, String name, FunctionDescriptor signature) {
    return Linker.nativeLinker().downcallHandle(library.findOrThrow(name), signature);
  }
}
