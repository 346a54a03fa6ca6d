package io.github.maskalign.cuda.kernel;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jcuda.nvptxcompiler.JNvPTXCompiler;
import jcuda.nvptxcompiler.nvPTXCompileResult;
import jcuda.nvptxcompiler.nvPTXCompilerHandle;

/** Assembles PTX with the assembler in JCuda, and parses its report. */
final class PtxAssembler {

  /** The newest version that the assembler supports; it rejects newer instructions. */
  private static final String VERSION = ".version 7.8";

  private static final Pattern ENTRY =
      Pattern.compile(
          "Compiling entry function '(\\w+)'.*?(\\d+) bytes stack frame, (\\d+) bytes spill stores,"
              + " (\\d+) bytes spill loads.*?Used (\\d+) registers",
          Pattern.DOTALL);

  /**
   * Resources of a kernel.
   *
   * @param registers registers per thread
   * @param stackBytes local memory per thread, for arrays that are not in registers
   * @param spilledBytes bytes of register spills, stores and loads
   */
  record Kernel(String name, int registers, int stackBytes, int spilledBytes) {}

  private PtxAssembler() {}

  /**
   * Assembles the kernels of a source.
   *
   * @param architecture such as {@code sm_80}
   * @throws IllegalStateException with the assembler's messages
   */
  static List<Kernel> assemble(String ptx, String architecture) {
    byte[] text =
        (ptx.replaceFirst("\\.version \\d+\\.\\d+", VERSION).stripTrailing() + "\0")
            .getBytes(StandardCharsets.US_ASCII);
    nvPTXCompilerHandle handle = new nvPTXCompilerHandle();
    check(JNvPTXCompiler.nvPTXCompilerCreate(handle, text.length - 1, text), "creating");
    try {
      String[] options = {"--gpu-name=" + architecture, "--verbose"};
      int code = JNvPTXCompiler.nvPTXCompilerCompile(handle, options.length, options);
      if (code != nvPTXCompileResult.NVPTXCOMPILE_SUCCESS) {
        throw new IllegalStateException(
            nvPTXCompileResult.stringFor(code) + " for " + architecture + "\n" + errors(handle));
      }
      return kernels(report(handle));
    } finally {
      check(JNvPTXCompiler.nvPTXCompilerDestroy(handle), "destroying");
    }
  }

  private static List<Kernel> kernels(String report) {
    List<Kernel> found = new ArrayList<>();
    Matcher entries = ENTRY.matcher(report);
    while (entries.find()) {
      int[] numbers = new int[4];
      Arrays.setAll(numbers, i -> Integer.parseInt(entries.group(i + 2)));
      found.add(new Kernel(entries.group(1), numbers[3], numbers[0], numbers[1] + numbers[2]));
    }
    return found;
  }

  private static String errors(nvPTXCompilerHandle handle) {
    long[] size = {0};
    check(JNvPTXCompiler.nvPTXCompilerGetErrorLogSize(handle, size), "asking for errors");
    byte[] text = new byte[Math.toIntExact(size[0]) + 1];
    check(JNvPTXCompiler.nvPTXCompilerGetErrorLog(handle, text), "asking for errors");
    return new String(text, StandardCharsets.US_ASCII).strip();
  }

  private static String report(nvPTXCompilerHandle handle) {
    long[] size = {0};
    check(JNvPTXCompiler.nvPTXCompilerGetInfoLogSize(handle, size), "asking for the report");
    byte[] text = new byte[Math.toIntExact(size[0]) + 1];
    check(JNvPTXCompiler.nvPTXCompilerGetInfoLog(handle, text), "asking for the report");
    return new String(text, StandardCharsets.US_ASCII);
  }

  private static void check(int code, String what) {
    if (code != nvPTXCompileResult.NVPTXCOMPILE_SUCCESS) {
      throw new IllegalStateException(what + ": " + nvPTXCompileResult.stringFor(code));
    }
  }
}
