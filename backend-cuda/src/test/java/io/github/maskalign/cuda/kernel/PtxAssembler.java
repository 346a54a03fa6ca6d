package io.github.maskalign.cuda.kernel;

import io.github.maskalign.cuda.binding.CompilerLibrary;
import io.github.maskalign.cuda.binding.Handle;
import io.github.maskalign.cuda.runtime.KernelSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Compiles kernels to machine code, and parses the report of the assembler within NVRTC. */
final class PtxAssembler {

  private static final Pattern ENTRY =
      Pattern.compile(
          "Compiling entry function '(\\w+)'.*?(\\d+) bytes spill stores,"
              + " (\\d+) bytes spill loads.*?Used (\\d+) registers",
          Pattern.DOTALL);

  /**
   * Resources of a kernel.
   *
   * @param registers registers per thread
   * @param spilledBytes bytes of register spills, stores and loads
   */
  record Kernel(String name, int registers, int spilledBytes) {}

  private PtxAssembler() {}

  /**
   * Compiles the kernels of a source.
   *
   * @param options with the architecture, such as {@code sm_80}
   * @throws IllegalStateException with the compiler's messages
   */
  static List<Kernel> assemble(
      CompilerLibrary compiler, String file, KernelSource source, List<String> options) {
    List<String> all = new ArrayList<>(options);
    all.add("--ptxas-options=--verbose");
    Handle[] program = new Handle[1];
    check(compiler, compiler.createProgram(program, source.text(), file, source.headers()), file);
    try {
      int code = compiler.compileProgram(program[0], all);
      String[] log = new String[1];
      check(compiler, compiler.programLog(program[0], log), file);
      check(compiler, code, file + " " + all + "\n" + log[0]);
      return kernels(log[0]);
    } finally {
      check(compiler, compiler.destroyProgram(program[0]), file);
    }
  }

  private static List<Kernel> kernels(String report) {
    List<Kernel> found = new ArrayList<>();
    Matcher entries = ENTRY.matcher(report);
    while (entries.find()) {
      int[] numbers = new int[3];
      Arrays.setAll(numbers, i -> Integer.parseInt(entries.group(i + 2)));
      found.add(new Kernel(entries.group(1), numbers[2], numbers[0] + numbers[1]));
    }
    return found;
  }

  private static void check(CompilerLibrary compiler, int code, String what) {
    if (code != 0) {
      throw new IllegalStateException(compiler.errorText(code) + ": " + what);
    }
  }
}
