package io.github.maskalign.cuda;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jcuda.nvptxcompiler.JNvPTXCompiler;
import jcuda.nvptxcompiler.nvPTXCompileResult;
import jcuda.nvptxcompiler.nvPTXCompilerHandle;

/** Turns PTX into machine code by the assembler inside JCuda, and reads what it says of it. */
final class PtxAssembler {

  /** It knows none newer; an instruction that this one lacks is refused. */
  private static final String VERSION = ".version 7.8";

  private static final Pattern ENTRY =
      Pattern.compile(
          "Compiling entry function '(\\w+)'.*?(\\d+) bytes stack frame, (\\d+) bytes spill stores,"
              + " (\\d+) bytes spill loads.*?Used (\\d+) registers",
          Pattern.DOTALL);

  /**
   * A kernel as a device has it.
   *
   * @param registers of a thread
   * @param stackBytes of a thread's own memory, for arrays that found no registers
   * @param spilledBytes stores and loads of registers that did not suffice
   */
  record Kernel(String name, int registers, int stackBytes, int spilledBytes) {}

  private PtxAssembler() {}

  /**
   * The kernels of a source.
   *
   * @param architecture such as {@code sm_80}
   * @throws IllegalStateException with the assembler's messages
   */
  static List<Kernel> assemble(String ptx, String architecture) {
    byte[] text =
        (ptx.replaceFirst("\\.version \\d+\\.\\d+", VERSION).stripTrailing() + "\0")
            .getBytes(StandardCharsets.US_ASCII);
    nvPTXCompilerHandle handle = new nvPTXCompilerHandle();
    demand(JNvPTXCompiler.nvPTXCompilerCreate(handle, text.length - 1, text), "creating");
    try {
      String[] options = {"--gpu-name=" + architecture, "--verbose"};
      int code = JNvPTXCompiler.nvPTXCompilerCompile(handle, options.length, options);
      if (code != nvPTXCompileResult.NVPTXCOMPILE_SUCCESS) {
        throw new IllegalStateException(
            nvPTXCompileResult.stringFor(code) + " for " + architecture + "\n" + errors(handle));
      }
      return kernels(report(handle));
    } finally {
      demand(JNvPTXCompiler.nvPTXCompilerDestroy(handle), "destroying");
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
    demand(JNvPTXCompiler.nvPTXCompilerGetErrorLogSize(handle, size), "asking for errors");
    byte[] text = new byte[Math.toIntExact(size[0]) + 1];
    demand(JNvPTXCompiler.nvPTXCompilerGetErrorLog(handle, text), "asking for errors");
    return new String(text, StandardCharsets.US_ASCII).strip();
  }

  private static String report(nvPTXCompilerHandle handle) {
    long[] size = {0};
    demand(JNvPTXCompiler.nvPTXCompilerGetInfoLogSize(handle, size), "asking for the report");
    byte[] text = new byte[Math.toIntExact(size[0]) + 1];
    demand(JNvPTXCompiler.nvPTXCompilerGetInfoLog(handle, text), "asking for the report");
    return new String(text, StandardCharsets.US_ASCII);
  }

  private static void demand(int code, String what) {
    if (code != nvPTXCompileResult.NVPTXCOMPILE_SUCCESS) {
      throw new IllegalStateException(what + ": " + nvPTXCompileResult.stringFor(code));
    }
  }
}
