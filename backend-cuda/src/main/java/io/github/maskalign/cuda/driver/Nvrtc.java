package io.github.maskalign.cuda.driver;

import io.github.maskalign.cuda.binding.CompilerLibrary;
import io.github.maskalign.cuda.binding.Handle;
import io.github.maskalign.tensor.error.DeviceException;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.function.Supplier;

/** Compiles CUDA C++ at run time. */
public final class Nvrtc {

  /** NVRTC_ERROR_COMPILATION. */
  private static final int COMPILATION_FAILED = 6;

  /** Maximum lines of the compiler log in an exception. */
  private static final int MAX_LOG_LINES = 20;

  private final CompilerLibrary library;

  /** The compiler, which must be loaded. */
  public Nvrtc(CompilerLibrary library) {
    this.library = library;
  }

  private void check(int code, Supplier<String> operation) {
    Status.check(code, library::errorText, operation);
  }

  /** The version, such as 12.3. */
  public String version() {
    int[] major = {0};
    int[] minor = {0};
    check(library.version(major, minor), () -> "nvrtcVersion");
    return major[0] + "." + minor[0];
  }

  /** The newest supported architecture that is not newer than the given one: 90 is 9.0. */
  public int newestUpTo(int architecture) {
    int[][] known = new int[1][];
    check(library.supportedArchs(known), () -> "nvrtcGetSupportedArchs");
    return Arrays.stream(known[0])
        .filter(each -> each <= architecture)
        .max()
        .orElseThrow(
            () ->
                new DeviceException(
                    "cuda: NVRTC "
                        + version()
                        + " supports no architecture up to sm_"
                        + architecture));
  }

  /**
   * Compiles one source.
   *
   * @param name name for messages
   * @param headers texts by the names that includes use
   * @return machine code for one architecture, or null-terminated PTX if the options name a virtual
   *     one
   * @throws DeviceException with the options and the compiler's messages
   */
  public byte[] compile(
      String name, String source, SortedMap<String, String> headers, List<String> options) {
    Handle[] created = new Handle[1];
    check(
        library.createProgram(created, source, name, headers), () -> "nvrtcCreateProgram " + name);
    Handle program = created[0];
    try {
      int code = library.compileProgram(program, options);
      if (code == COMPILATION_FAILED) {
        throw new DeviceException(
            "cuda: compiling " + name + " with " + options + " failed:\n" + log(program));
      }
      check(code, () -> "compiling " + name + " with " + options);
      byte[][] image = new byte[1][];
      if (options.stream().anyMatch(option -> option.contains("compute_"))) {
        check(library.ptx(program, image), () -> "nvrtcGetPTX");
      } else {
        check(library.cubin(program, image), () -> "nvrtcGetCUBIN");
      }
      return image[0];
    } finally {
      check(library.destroyProgram(program), () -> "nvrtcDestroyProgram");
    }
  }

  private String log(Handle program) {
    String[] text = {""};
    check(library.programLog(program, text), () -> "nvrtcGetProgramLog");
    List<String> lines = text[0].lines().toList();
    String shown = String.join("\n", lines.subList(0, Math.min(lines.size(), MAX_LOG_LINES)));
    return lines.size() > MAX_LOG_LINES ? shown + "\n..." : shown;
  }
}
