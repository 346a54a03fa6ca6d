package io.github.maskalign.cuda.binding.jcuda;

import io.github.maskalign.cuda.binding.CompilerLibrary;
import io.github.maskalign.cuda.binding.Handle;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SortedMap;
import jcuda.nvrtc.JNvrtc;
import jcuda.nvrtc.nvrtcProgram;

/** NVRTC by JCuda. */
final class JCudaCompiler implements CompilerLibrary {

  static {
    JCudaNatives.initialize(JNvrtc.class, "JNvrtc");
  }

  private static nvrtcProgram object(Handle program) {
    return JCudaHandle.of(nvrtcProgram.class, program);
  }

  @Override
  public int version(int[] major, int[] minor) {
    return JNvrtc.nvrtcVersion(major, minor);
  }

  @Override
  public int supportedArchs(int[][] architectures) {
    int[] count = {0};
    int code = JNvrtc.nvrtcGetNumSupportedArchs(count);
    architectures[0] = new int[count[0]];
    return code != 0 ? code : JNvrtc.nvrtcGetSupportedArchs(architectures[0]);
  }

  @Override
  public int createProgram(
      Handle[] program, String source, String name, SortedMap<String, String> headers) {
    nvrtcProgram created = new nvrtcProgram();
    program[0] = new JCudaHandle<>(created);
    return JNvrtc.nvrtcCreateProgram(
        created,
        source,
        name,
        headers.size(),
        headers.values().toArray(String[]::new),
        headers.keySet().toArray(String[]::new));
  }

  @Override
  public int compileProgram(Handle program, List<String> options) {
    return JNvrtc.nvrtcCompileProgram(
        object(program), options.size(), options.toArray(String[]::new));
  }

  @Override
  public int programLog(Handle program, String[] log) {
    return JNvrtc.nvrtcGetProgramLog(object(program), log);
  }

  @Override
  public int cubin(Handle program, byte[][] image) {
    long[] size = {0};
    int code = JNvrtc.nvrtcGetCUBINSize(object(program), size);
    image[0] = new byte[Math.toIntExact(size[0])];
    return code != 0 ? code : JNvrtc.nvrtcGetCUBIN(object(program), image[0]);
  }

  @Override
  public int ptx(Handle program, byte[][] image) {
    String[] text = {""};
    int code = JNvrtc.nvrtcGetPTX(object(program), text);
    image[0] = (text[0] + '\0').getBytes(StandardCharsets.US_ASCII);
    return code;
  }

  @Override
  public int destroyProgram(Handle program) {
    return JNvrtc.nvrtcDestroyProgram(object(program));
  }

  @Override
  public String errorText(int code) {
    return JNvrtc.nvrtcGetErrorString(code);
  }
}
