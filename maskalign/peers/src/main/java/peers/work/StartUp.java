package peers.work;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Time from the start of Java to the first embedding, by {@code maskalign bench --startup}. */
public final class StartUp {

  private static final String MAIN = "io.github.maskalign.cli.Main";
  private static final int THREADS = 2;

  /** Columns: name, loaded, first embedding, memory. */
  private static final Pattern ROW =
      Pattern.compile("(with(?:out)? AOT cache)\\s+\\d+\\s+(\\d+)\\s+\\S+");

  /** Libraries that the peers need; a user of the product has none of them. */
  private static final Pattern PEERS =
      Pattern.compile(
          "pytorch-|openblas|javacpp|onnxruntime|slf4j|djl|maskalign-peers|peers.(classes|target)");

  private StartUp() {}

  /** Seconds, by "without AOT cache" and "with AOT cache"; the latter only if Java made one. */
  public static Map<String, Double> measure() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", productPath(System.getProperty("java.class.path")), MAIN));
    command.addAll(List.of("bench", "--startup", "--threads", Integer.toString(THREADS)));
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      process.waitFor();
      return parse(output);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  static String productPath(String classPath) {
    return Arrays.stream(classPath.split(File.pathSeparator))
        .filter(entry -> !PEERS.matcher(entry).find())
        .collect(Collectors.joining(File.pathSeparator));
  }

  static Map<String, Double> parse(String output) {
    Map<String, Double> seconds = new LinkedHashMap<>();
    output
        .lines()
        .map(ROW::matcher)
        .filter(Matcher::find)
        .forEach(row -> seconds.put(row.group(1), Double.parseDouble(row.group(2)) / 1000));
    if (seconds.isEmpty()) {
      throw new IllegalStateException("bench --startup printed no times: " + output);
    }
    return seconds;
  }
}
