package peers.fork;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import peers.contest.Result;
import peers.contest.Times;
import peers.python.PassiveThreads;
import peers.python.PyTorch;

/**
 * Measures in separate JVMs, since the code that C2 generates varies between JVMs.
 *
 * @param folder for what the JVMs print
 * @param avx2 whether to limit both sides to AVX2
 * @param torch how PyTorch is started; null if it is left out
 * @param notes receives what the JVMs left out, a line each
 */
public record Fork(Path folder, boolean avx2, @Nullable PyTorch torch, Consumer<String> notes) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Runs the contests of a group. */
  public List<Result> contests(Group group, int rounds) throws Failure {
    List<Result> results = new ArrayList<>();
    List<String> arguments =
        List.of("contests", group.name(), Integer.toString(rounds), write(torch));
    start(
        group.threads,
        arguments,
        line -> {
          Result result = JSON.readValue(line, Result.class);
          results.add(result);
          System.err.println("  " + progress(result));
        });
    return results;
  }

  private static String progress(Result result) {
    StringBuilder line = new StringBuilder(result.name());
    line.append(": wall and CPU ratio");
    for (int i = 0; i < result.peers().size(); i++) {
      Times peer = result.peers().get(i);
      line.append(
          String.format(
              Locale.ROOT, " %.3f %.3f to %s,", result.wall(i), result.cpu(i), peer.side()));
    }
    double warmUp = result.ours().warmUpSeconds();
    warmUp += result.peers().stream().mapToDouble(Times::warmUpSeconds).sum();
    return line.append(String.format(Locale.ROOT, " %.0f s of warm-up", warmUp))
        .append(", %d rounds repeated".formatted(result.dropped()))
        .toString();
  }

  /** Measures {@link peers.work.Memory}; side is "ours" or "theirs". */
  public Map<String, Double> memory(String side) throws Failure {
    return map(List.of("memory", side), new TypeReference<Map<String, Double>>() {});
  }

  /** Nanoseconds of {@link peers.work.ColdSteps} of a student, "small" or "base". */
  public double[] coldSteps(String student) throws Failure {
    return map(List.of("cold", student), new TypeReference<double[]>() {});
  }

  /** Versions and kernels of the libraries that run in a JVM, by name. */
  public Map<String, String> libraries() throws Failure {
    return map(List.of("libraries"), new TypeReference<Map<String, String>>() {});
  }

  private <T> T map(List<String> arguments, TypeReference<T> type) throws Failure {
    List<T> found = new ArrayList<>();
    start(1, arguments, line -> found.add(JSON.readValue(line, type)));
    return found.getFirst();
  }

  /** A JVM that failed. */
  public static final class Failure extends Exception {
    private static final long serialVersionUID = 1;

    Failure(String message) {
      super(message);
    }
  }

  private interface Reader {
    void read(String json) throws JsonProcessingException;
  }

  static String write(@Nullable Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private void start(int threads, List<String> arguments, Reader reader) throws Failure {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    if (avx2) {
      command.add("-XX:UseAVX=2");
    }
    command.add("-Dai.djl.offline=true");
    command.add("-Dai.djl.pytorch.num_threads=" + threads);
    command.add("-Dai.djl.pytorch.num_interop_threads=1");
    command.add(ForkMain.class.getName());
    command.addAll(arguments);
    try {
      Path errors = Files.createTempFile(folder, "jvm", ".txt");
      try {
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors.toFile());
        configure(builder.environment(), threads);
        int status = run(builder, reader);
        if (status != 0) {
          String what = String.join(" ", arguments.subList(0, Math.min(2, arguments.size())));
          throw new Failure(
              "%s: the JVM ended with status %d: %s".formatted(what, status, cause(errors)));
        }
      } finally {
        Files.deleteIfExists(errors);
      }
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void configure(Map<String, String> environment, int threads) {
    environment.keySet().removeAll(List.of("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"));
    if (avx2) {
      environment.put("OPENBLAS_CORETYPE", "Haswell");
      environment.put("ATEN_CPU_CAPABILITY", "avx2");
      environment.put("MKL_ENABLE_INSTRUCTIONS", "AVX2");
      environment.put("ONEDNN_MAX_CPU_ISA", "AVX2");
    }
    // Not on the command line: ONNX Runtime 1.29 crashes if that exceeds 4,096 characters.
    environment.put("CLASSPATH", System.getProperty("java.class.path"));
    environment.put("OMP_NUM_THREADS", Integer.toString(threads));
    environment.put("MALLOC_ARENA_MAX", "1"); // as bin/maskalign does
    PassiveThreads.set(environment);
  }

  private int run(ProcessBuilder builder, Reader reader) throws IOException, InterruptedException {
    Process process = builder.start();
    try (BufferedReader output = process.inputReader()) {
      for (String line; (line = output.readLine()) != null; ) {
        if (line.startsWith(ForkMain.RESULT)) {
          reader.read(line.substring(ForkMain.RESULT.length()));
        } else if (line.startsWith(ForkMain.NOTE)) {
          notes.accept(line.substring(ForkMain.NOTE.length()));
        }
      }
      return process.waitFor();
    } finally {
      process.destroy();
    }
  }

  /** The exception, not the stack below it. */
  private static String cause(Path errors) throws IOException {
    try (Stream<String> lines = Files.lines(errors)) {
      return lines
          .filter(line -> line.contains("Exception") || line.contains("Error"))
          .findFirst()
          .orElse("without a message");
    }
  }
}
