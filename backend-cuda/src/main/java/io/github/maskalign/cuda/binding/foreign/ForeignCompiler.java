package io.github.maskalign.cuda.binding.foreign;

import static io.github.maskalign.cuda.binding.foreign.NativeFunctions.INT;
import static io.github.maskalign.cuda.binding.foreign.NativeFunctions.LONG;
import static io.github.maskalign.cuda.binding.foreign.NativeFunctions.POINTER;
import static io.github.maskalign.cuda.binding.foreign.NativeFunctions.call;

import io.github.maskalign.cuda.binding.CompilerLibrary;
import io.github.maskalign.cuda.binding.Handle;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;

/** NVRTC by {@code java.lang.foreign}. */
final class ForeignCompiler implements CompilerLibrary {

  private final MethodHandle version;
  private final MethodHandle numSupportedArchs;
  private final MethodHandle supportedArchs;
  private final MethodHandle createProgram;
  private final MethodHandle compileProgram;
  private final MethodHandle programLogSize;
  private final MethodHandle programLog;
  private final MethodHandle cubinSize;
  private final MethodHandle cubin;
  private final MethodHandle ptxSize;
  private final MethodHandle ptx;
  private final MethodHandle destroyProgram;
  private final MethodHandle errorText;

  ForeignCompiler(NativeFunctions library) {
    version = library.function("nvrtcVersion", POINTER, POINTER);
    numSupportedArchs = library.function("nvrtcGetNumSupportedArchs", POINTER);
    supportedArchs = library.function("nvrtcGetSupportedArchs", POINTER);
    createProgram =
        library.function("nvrtcCreateProgram", POINTER, POINTER, POINTER, INT, POINTER, POINTER);
    compileProgram = library.function("nvrtcCompileProgram", POINTER, INT, POINTER);
    programLogSize = library.function("nvrtcGetProgramLogSize", POINTER, POINTER);
    programLog = library.function("nvrtcGetProgramLog", POINTER, POINTER);
    cubinSize = library.function("nvrtcGetCUBINSize", POINTER, POINTER);
    cubin = library.function("nvrtcGetCUBIN", POINTER, POINTER);
    ptxSize = library.function("nvrtcGetPTXSize", POINTER, POINTER);
    ptx = library.function("nvrtcGetPTX", POINTER, POINTER);
    destroyProgram = library.function("nvrtcDestroyProgram", POINTER);
    errorText = library.text("nvrtcGetErrorString");
  }

  @Override
  public int version(int[] major, int[] minor) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment both = arena.allocate(INT, 2);
      int code = call(version, both.address(), both.address() + INT.byteSize());
      major[0] = both.getAtIndex(INT, 0);
      minor[0] = both.getAtIndex(INT, 1);
      return code;
    }
  }

  @Override
  public int supportedArchs(int[][] architectures) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment count = arena.allocate(INT);
      int code = call(numSupportedArchs, count.address());
      MemorySegment all = arena.allocate(INT, code == 0 ? count.get(INT, 0) : 0);
      code = code == 0 ? call(supportedArchs, all.address()) : code;
      architectures[0] = all.toArray(INT);
      return code;
    }
  }

  @Override
  public int createProgram(
      Handle[] program, String source, String name, SortedMap<String, String> headers) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment created = arena.allocate(POINTER);
      int code =
          call(
              createProgram,
              created.address(),
              arena.allocateFrom(source).address(),
              arena.allocateFrom(name).address(),
              headers.size(),
              texts(arena, headers.values()).address(),
              texts(arena, headers.keySet()).address());
      program[0] = new Pointer(created.get(POINTER, 0));
      return code;
    }
  }

  private static MemorySegment texts(Arena arena, Collection<String> texts) {
    long[] addresses =
        texts.stream().mapToLong(text -> arena.allocateFrom(text).address()).toArray();
    return arena.allocateFrom(POINTER, addresses);
  }

  @Override
  public int compileProgram(Handle program, List<String> options) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment all = texts(arena, options);
      return call(compileProgram, Pointer.of(program), options.size(), all.address());
    }
  }

  @Override
  public int programLog(Handle program, String[] log) {
    byte[][] text = new byte[1][];
    int code = bytes(programLogSize, programLog, program, text);
    log[0] = new String(text[0], 0, Math.max(0, text[0].length - 1), StandardCharsets.UTF_8);
    return code;
  }

  @Override
  public int cubin(Handle program, byte[][] image) {
    return bytes(cubinSize, cubin, program, image);
  }

  @Override
  public int ptx(Handle program, byte[][] image) {
    return bytes(ptxSize, ptx, program, image);
  }

  /** Asks for the size, then for as many bytes; texts end with a zero. */
  private static int bytes(MethodHandle size, MethodHandle get, Handle program, byte[][] bytes) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment count = arena.allocate(LONG);
      int code = call(size, Pointer.of(program), count.address());
      MemorySegment all = arena.allocate(code == 0 ? count.get(LONG, 0) : 0);
      code = code == 0 ? call(get, Pointer.of(program), all.address()) : code;
      bytes[0] = all.toArray(ValueLayout.JAVA_BYTE);
      return code;
    }
  }

  @Override
  public int destroyProgram(Handle program) {
    try (Arena arena = Arena.ofConfined()) {
      return call(destroyProgram, arena.allocateFrom(POINTER, Pointer.of(program)).address());
    }
  }

  @Override
  public String errorText(int code) {
    return NativeFunctions.textOf(errorText, code);
  }
}
