package peers;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Runs contests in separate JVMs, since the code that C2 generates varies between JVMs.
 *
 * @param avx2 whether to limit both sides to AVX2
 */
record Fork(boolean avx2) {

  private static final String MARK = "@result ";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Runs the contests of a group. */
  List<Result> contests(Group group, int rounds) {
    List<Result> results = new ArrayList<>();
    start(
        group.threads,
        List.of("contests", group.name(), "" + rounds),
        line -> results.add(JSON.readValue(line, Result.class)));
    return results;
  }

  /** Measures {@link Memory}; side is "ours" or "theirs". */
  Map<String, Double> memory(String side) {
    List<Map<String, Double>> figures = new ArrayList<>();
    start(
        1,
        List.of("memory", side),
        line -> figures.add(JSON.readValue(line, new TypeReference<Map<String, Double>>() {})));
    return figures.getFirst();
  }

  private interface Reader {
    void read(String json) throws JsonProcessingException;
  }

  private void start(int threads, List<String> arguments, Reader reader) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    if (avx2) {
      command.add("-XX:UseAVX=2");
    }
    command.add("-Dai.djl.offline=true");
    command.add("-Dai.djl.pytorch.num_threads=" + threads);
    command.add("-Dai.djl.pytorch.num_interop_threads=1");
    command.add(Fork.class.getName());
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
    Map<String, String> environment = builder.environment();
    environment.keySet().removeAll(List.of("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"));
    if (avx2) {
      environment.put("OPENBLAS_CORETYPE", "Haswell");
      environment.put("ATEN_CPU_CAPABILITY", "avx2");
    }
    // Not on the command line: ONNX Runtime 1.29 crashes if that exceeds 4,096 characters.
    environment.put("CLASSPATH", System.getProperty("java.class.path"));
    environment.put("OMP_NUM_THREADS", "" + threads);
    environment.put("MALLOC_ARENA_MAX", "1"); // as bin/maskalign does
    try {
      Process process = builder.start();
      try (BufferedReader output = process.inputReader()) {
        for (String line; (line = output.readLine()) != null; ) {
          if (line.startsWith(MARK)) {
            reader.read(line.substring(MARK.length()));
          }
        }
      }
      int status = process.waitFor();
      if (status != 0) {
        throw new IllegalStateException(command + " ended with status " + status);
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The forked program. */
  public static void main(String[] args) {
    switch (args[0]) {
      case "contests" -> Group.valueOf(args[1]).run(Integer.parseInt(args[2]), Fork::print);
      case "memory" -> print(args[1].equals("ours") ? Memory.ours() : Memory.theirs());
      default -> throw new IllegalArgumentException(args[0]);
    }
    System.out.flush();
    Runtime.getRuntime().halt(0); // libtorch's threads would keep the JVM alive
  }

  private static void print(Object result) {
    try {
      System.out.println(MARK + JSON.writeValueAsString(result));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
