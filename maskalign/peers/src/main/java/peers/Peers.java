package peers;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.github.maskalign.tensor.Backends;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * Benchmarks MaskAlign against libtorch, OpenBLAS and ONNX Runtime and prints a table of ratios.
 */
@CommandLine.Command(
    name = "peers",
    mixinStandardHelpOptions = true,
    description =
        "Benchmarks MaskAlign against libtorch, OpenBLAS and ONNX Runtime, alternating in one process.")
public final class Peers implements Callable<Integer> {

  @Option(
      names = "--forks",
      defaultValue = "3",
      description = "JVMs per benchmark (default: ${DEFAULT-VALUE}).")
  private int forks;

  @Option(
      names = "--rounds",
      defaultValue = "11",
      description = "Rounds per JVM (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--only",
      split = ",",
      description = "Groups to run: ${COMPLETION-CANDIDATES} (default: all, and memory use).")
  private @Nullable Set<Group> only;

  @Option(
      names = "--avx2",
      description = "Limit both sides to AVX2, to compare as on processors without AVX-512.")
  private boolean avx2;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write the times of all rounds to FILE.")
  private @Nullable Path json;

  /** Runs the program. */
  public static void main(String[] args) {
    CommandLine commandLine =
        new CommandLine(new Peers()).setCaseInsensitiveEnumValuesAllowed(true);
    System.exit(commandLine.execute(args));
  }

  @Override
  public Integer call() throws IOException {
    try (Backends.Choice choice = Group.cpu(1)) {
      System.out.printf(
          "Java %s, %s%s; %d forks of %d rounds; figures are medians of the rounds' ratios%n",
          System.getProperty("java.version"),
          choice.backend().description(),
          avx2 ? ", limited to AVX2 on both sides" : "",
          forks,
          rounds);
    }
    Fork fork = new Fork(avx2);
    Map<Group, List<Result>> results = new EnumMap<>(Group.class);
    for (Group group : only == null ? EnumSet.allOf(Group.class) : only) {
      List<List<Result>> runs = new ArrayList<>();
      for (int run = 1; run <= forks; run++) {
        System.err.printf("%s, fork %d of %d ...%n", group, run, forks);
        runs.add(fork.contests(group, rounds));
      }
      results.put(group, pooled(runs));
    }
    List<Row> rows = Table.rows(results);
    if (only == null) {
      System.err.println("memory ...");
      rows.addAll(Table.memory(fork.memory("ours"), fork.memory("theirs")));
    }
    rows.forEach(System.out::println);
    if (json != null) {
      Map<String, Object> all = new LinkedHashMap<>();
      all.put("results", results);
      all.put("rows", rows);
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(json.toFile(), all);
    }
    return 0;
  }

  private static List<Result> pooled(List<List<Result>> runs) {
    return IntStream.range(0, runs.getFirst().size())
        .mapToObj(i -> Result.pooled(runs.stream().map(run -> run.get(i)).toList()))
        .toList();
  }
}
