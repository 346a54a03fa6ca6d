package io.github.maskalign.cuda.binding;

import java.util.List;
import java.util.SortedMap;

/** The functions of NVRTC, each with its status code. */
public interface CompilerLibrary {

  int version(int[] major, int[] minor);

  /** The supported architectures, such as 90. */
  int supportedArchs(int[][] architectures);

  /**
   * Creates a program.
   *
   * @param headers texts by the names that includes use
   */
  int createProgram(
      Handle[] program, String source, String name, SortedMap<String, String> headers);

  int compileProgram(Handle program, List<String> options);

  int programLog(Handle program, String[] log);

  int cubin(Handle program, byte[][] image);

  /** Text that ends with a zero. */
  int ptx(Handle program, byte[][] image);

  int destroyProgram(Handle program);

  /** What a code means. */
  String errorText(int code);
}
