package peers;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.github.maskalign.tensor.io.PrivateFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import peers.Measurements.Single;
import peers.fork.Group;
import peers.python.PyTorch;
import peers.table.Machine;
import peers.table.Markdown;
import peers.table.Row;
import peers.table.Table;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Benchmarks MaskAlign against other libraries and prints a table of ratios. */
@CommandLine.Command(
    name = "peers",
    mixinStandardHelpOptions = true,
    description =
        "Benchmarks MaskAlign against libtorch, OpenBLAS, ONNX Runtime and PyTorch, alternating,"
            + " and prints a table in Markdown.")
public final class Peers implements Callable<Integer> {

  /** Fewer JVMs are named in the table as too few. */
  private static final int ENOUGH_FORKS = 3;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--forks",
      defaultValue = "3",
      description = "JVMs per benchmark (default: ${DEFAULT-VALUE}).")
  private int forks;

  @Option(
      names = "--rounds",
      defaultValue = "11",
      description =
          "Rounds per JVM, a third of it for whole MaskAlign steps (default: ${DEFAULT-VALUE}).")
  private int rounds;

  @Option(
      names = "--only",
      split = ",",
      completionCandidates = Parts.class,
      description = "Parts to run: ${COMPLETION-CANDIDATES} (default: all).")
  private @Nullable Set<String> only;

  @Option(
      names = "--avx2",
      description = "Limit both sides to AVX2, to compare as on processors without AVX-512.")
  private boolean avx2;

  @Option(
      names = "--python",
      paramLabel = "PROGRAM",
      defaultValue = "python3",
      description = "Python with PyTorch (default: ${DEFAULT-VALUE}).")
  private String python = "python3";

  @Option(
      names = "--no-compile",
      description = "Leave out torch.compile, whose first step takes a minute.")
  private boolean eagerOnly;

  @Option(
      names = "--markdown",
      paramLabel = "FILE",
      description =
          "Write the table to FILE, after each part, instead of the standard output at the end.")
  private @Nullable Path markdown;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Also write the times of all rounds to FILE.")
  private @Nullable Path json;

  /** Runs the program. */
  public static void main(String[] args) {
    CommandLine commandLine =
        new CommandLine(new Peers()).setCaseInsensitiveEnumValuesAllowed(true);
    System.exit(commandLine.execute(args));
  }

  /** Names of all parts. */
  static final class Parts implements Iterable<String> {
    @Override
    public Iterator<String> iterator() {
      return Stream.concat(Stream.of(Group.values()), Stream.of(Single.values()))
          .map(Enum::name)
          .iterator();
    }
  }

  @Override
  public Integer call() throws IOException {
    Set<String> parts = parts();
    check();
    try (PrivateFolder folder = PrivateFolder.create()) {
      try {
        return measure(parts, folder.path());
      } finally {
        // A private folder deletes files only.
        PyTorch.deleteCompiled(folder.path());
      }
    }
  }

  private int measure(Set<String> parts, Path folder) throws IOException {
    boolean torch = Stream.of(Group.values()).anyMatch(g -> g.python && parts.contains(g.name()));
    PyTorch.Found found =
        torch
            ? PyTorch.find(python, !eagerOnly, folder)
            : new PyTorch.Found(null, List.of(), List.of());
    found.notes().forEach(System.err::println);
    Measurements measurements = new Measurements(folder, avx2, found.torch(), forks, rounds);
    Map<String, String> head = Machine.describe();
    head.putAll(measurements.libraries());
    if (torch) {
      head.put("PyTorch", found.torch() == null ? "none" : String.join("; ", found.versions()));
    }
    for (String part : parts) {
      measurements.run(part);
      // After each part: the whole table takes hours, and may be stopped.
      write(head, measurements, found.notes());
    }
    if (markdown == null) {
      System.out.print(text(head, measurements, found.notes()));
    }
    return measurements.failed() ? 1 : 0;
  }

  /** Before hours of measurements. */
  private void check() {
    require(forks >= 1, "--forks: expected at least 1, got " + forks);
    require(rounds >= 1, "--rounds: expected at least 1, got " + rounds);
    for (Path file : Stream.of(markdown, json).filter(Objects::nonNull).toList()) {
      Path folder = Objects.requireNonNull(file.toAbsolutePath().getParent());
      require(Files.isDirectory(folder), "no folder " + folder + " for " + file.getFileName());
    }
  }

  private void require(boolean condition, String message) {
    if (!condition) {
      throw new ParameterException(Objects.requireNonNull(spec).commandLine(), message);
    }
  }

  /** In the order of the table. */
  private Set<String> parts() {
    List<String> all = new ArrayList<>();
    new Parts().forEach(all::add);
    if (only == null) {
      return new LinkedHashSet<>(all);
    }
    List<String> named = only.stream().map(name -> name.toUpperCase(Locale.ROOT)).toList();
    for (String name : named) {
      require(
          all.contains(name),
          "--only: no part '%s'; the parts are %s".formatted(name, String.join(", ", all)));
    }
    Set<String> parts = new LinkedHashSet<>(all);
    parts.retainAll(named);
    return parts;
  }

  private String settings() {
    return "%s of %d rounds%s%s"
        .formatted(
            forks == 1 ? "1 JVM" : forks + " JVMs",
            rounds,
            forks < ENOUGH_FORKS
                ? "; **fewer than %d JVMs, so the figures vary**".formatted(ENOUGH_FORKS)
                : "",
            avx2 ? "; all limited to AVX2" : "");
  }

  private String text(Map<String, String> head, Measurements measurements, List<String> notes) {
    List<String> all = new ArrayList<>(notes);
    all.addAll(measurements.notes);
    return Markdown.write(head, settings(), rows(measurements), all);
  }

  private static List<Row> rows(Measurements measurements) {
    return measurements.rows(new Table(Machine.intel()));
  }

  private void write(Map<String, String> head, Measurements measurements, List<String> notes)
      throws IOException {
    if (markdown != null) {
      Files.writeString(markdown, text(head, measurements, notes));
    }
    if (json != null) {
      Map<String, Object> all = new LinkedHashMap<>();
      all.put("head", head);
      all.put("results", measurements.results);
      all.put("rows", rows(measurements));
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(json.toFile(), all);
    }
  }
}
