package io.github.maskalign.cuda.driver;

import io.github.maskalign.tensor.error.DeviceException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import jcuda.nvrtc.JNvrtc;
import jcuda.nvrtc.nvrtcProgram;
import jcuda.nvrtc.nvrtcResult;

/** Compiles CUDA C++ at run time. */
public final class Nvrtc {

  static {
    JCudaNatives.initialize(JNvrtc.class, "JNvrtc");
  }

  /** Maximum lines of the compiler log in an exception. */
  private static final int MAX_LOG_LINES = 20;

  private Nvrtc() {}

  /** The version, such as 12.3. */
  public static String version() {
    int[] major = {0};
    int[] minor = {0};
    Status.nvrtc(JNvrtc.nvrtcVersion(major, minor), "nvrtcVersion");
    return major[0] + "." + minor[0];
  }

  /** The newest supported architecture that is not newer than the given one: 90 is 9.0. */
  public static int newestUpTo(int architecture) {
    int[] count = {0};
    Status.nvrtc(JNvrtc.nvrtcGetNumSupportedArchs(count), "nvrtcGetNumSupportedArchs");
    int[] known = new int[count[0]];
    Status.nvrtc(JNvrtc.nvrtcGetSupportedArchs(known), "nvrtcGetSupportedArchs");
    return Arrays.stream(known)
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
  public static byte[] compile(
      String name, String source, SortedMap<String, String> headers, List<String> options) {
    nvrtcProgram program = new nvrtcProgram();
    Status.nvrtc(
        JNvrtc.nvrtcCreateProgram(
            program,
            source,
            name,
            headers.size(),
            headers.values().toArray(String[]::new),
            headers.keySet().toArray(String[]::new)),
        "nvrtcCreateProgram " + name);
    try {
      int code =
          JNvrtc.nvrtcCompileProgram(program, options.size(), options.toArray(String[]::new));
      if (code == nvrtcResult.NVRTC_ERROR_COMPILATION) {
        throw new DeviceException(
            "cuda: compiling " + name + " with " + options + " failed:\n" + log(program));
      }
      Status.nvrtc(code, "compiling " + name + " with " + options);
      return options.stream().anyMatch(option -> option.contains("compute_"))
          ? ptx(program)
          : cubin(program);
    } finally {
      Status.nvrtc(JNvrtc.nvrtcDestroyProgram(program), "nvrtcDestroyProgram");
    }
  }

  private static byte[] cubin(nvrtcProgram program) {
    long[] size = {0};
    Status.nvrtc(JNvrtc.nvrtcGetCUBINSize(program, size), "nvrtcGetCUBINSize");
    byte[] image = new byte[Math.toIntExact(size[0])];
    Status.nvrtc(JNvrtc.nvrtcGetCUBIN(program, image), "nvrtcGetCUBIN");
    return image;
  }

  private static byte[] ptx(nvrtcProgram program) {
    String[] text = {""};
    Status.nvrtc(JNvrtc.nvrtcGetPTX(program, text), "nvrtcGetPTX");
    return (text[0] + '\0').getBytes(StandardCharsets.US_ASCII);
  }

  private static String log(nvrtcProgram program) {
    String[] text = {""};
    Status.nvrtc(JNvrtc.nvrtcGetProgramLog(program, text), "nvrtcGetProgramLog");
    List<String> lines = text[0].lines().toList();
    String shown = String.join("\n", lines.subList(0, Math.min(lines.size(), MAX_LOG_LINES)));
    return lines.size() > MAX_LOG_LINES ? shown + "\n..." : shown;
  }
}
