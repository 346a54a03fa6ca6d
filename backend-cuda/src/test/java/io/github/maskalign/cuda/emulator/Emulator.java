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
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/**
 * Controls the emulated device of this process. The device is built on demand and found by the
 * backend's own search. Settings last until they are changed; {@code settings.cpp} lists them. With
 * {@code -Dgpu=real}, this class controls nothing, so that the same tests run on a real GPU.
 */
public final class Emulator {

  /** With the value 13, the libraries are those of CUDA 13 only. */
  public static final String RELEASE = "cuda.emulator.release";

  /** With the value {@code required}, tests fail instead of being skipped without a compiler. */
  public static final String PROPERTY = "cuda.emulator";

  private static final String GPU = "gpu";

  private static final Path FOLDER = Path.of("target", "emulator");

  /** The folder of compiled kernels, beside the libraries. */
  static final String CACHE = "emulator-cache";

  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

  private static @Nullable Emulator started;

  private final @Nullable SymbolLookup driver;
  private final Map<String, MethodHandle> functions = new HashMap<>();

  private Emulator(@Nullable SymbolLookup driver) {
    this.driver = driver;
  }

  /** Whether tests run on the GPU of this machine. */
  public static boolean isReal() {
    return System.getProperty(GPU, "").equals("real");
  }

  /**
   * Makes this process use the emulated device; repeated calls return the same instance.
   *
   * @throws TestAbortedException if there is no g++
   */
  public static synchronized Emulator start() {
    if (started != null) {
      return started;
    }
    if (isReal()) {
      started = new Emulator(null);
      return started;
    }
    boolean newer = System.getProperty(RELEASE, "12").equals("13");
    Path folder = newer ? build().resolve(EmulatorBuild.CUDA_13) : build();
    System.setProperty(LibrarySearch.PROPERTY, folder.toString());
    System.setProperty(UserCache.PROPERTY, FOLDER.resolveSibling(CACHE).toString());
    started =
        new Emulator(SymbolLookup.libraryLookup(folder.resolve("libcuda.so.1"), Arena.global()));
    if (newer) {
      started.set("driver", 13000);
    }
    return started;
  }

  /** Builds the emulated libraries and returns their folder, for another process. */
  public static synchronized Path build() {
    if (isReal()) {
      throw new TestAbortedException("the emulated device is not used beside a real one");
    }
    Optional<String> compiler = EmulatorBuild.compiler();
    if (compiler.isEmpty()) {
      String text = "NO g++: THE TESTS OF THE CUDA BACKEND ON ITS EMULATED DEVICE CANNOT RUN";
      if (System.getProperty(PROPERTY, "").equals("required")) {
        fail(text + ", and -D" + PROPERTY + "=required is set; install g++");
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
      call(
          "emu_set",
          FunctionDescriptor.ofVoid(ValueLayout.ADDRESS, LONG),
          arena.allocateFrom(key),
          value);
    }
  }

  /** Reads a setting. */
  public long get(String key) {
    try (Arena arena = Arena.ofConfined()) {
      @Nullable Object value =
          call(
              "emu_get", FunctionDescriptor.of(LONG, ValueLayout.ADDRESS), arena.allocateFrom(key));
      return value == null ? 0 : (long) value;
    }
  }

  /** The first fault since {@link #forget}, or an empty text. */
  public String fault() {
    return text("emu_fault");
  }

  /**
   * What was launched.
   *
   * @param launches how often
   * @param bytes of the operands, as far as their blocks reach
   */
  public record Work(long launches, long bytes) {}

  /** What the body launches, by kernel; products are {@code gemm}. */
  public Map<String, Work> work(Runnable body) {
    call("emu_forget_work", FunctionDescriptor.ofVoid());
    body.run();
    Map<String, Work> all = new TreeMap<>();
    text("emu_work")
        .lines()
        .map(line -> line.split(" "))
        .forEach(w -> all.put(w[0], new Work(Long.parseLong(w[1]), Long.parseLong(w[2]))));
    return all;
  }

  /** What is still allocated, or an empty text. */
  public String leaks() {
    return text("emu_leaks");
  }

  /** Makes the device usable after a fault, and drops queued work. */
  public void forget() {
    call("emu_forget", FunctionDescriptor.ofVoid());
  }

  /** Resets the device, including allocated memory. */
  public void renew() {
    call("emu_renew", FunctionDescriptor.ofVoid());
  }

  private String text(String function) {
    @Nullable Object text = call(function, FunctionDescriptor.of(ValueLayout.ADDRESS));
    return text == null ? "" : ((MemorySegment) text).reinterpret(Long.MAX_VALUE).getString(0);
  }

  /** Calls a function; null if it returns nothing or the device is real. */
  private synchronized @Nullable Object call(
      String function, FunctionDescriptor signature, Object... arguments) {
    if (driver == null) {
      return null;
    }
    MethodHandle handle =
        functions.computeIfAbsent(
            function,
            name -> Linker.nativeLinker().downcallHandle(driver.findOrThrow(name), signature));
    try {
      return handle.invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
