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
      description = "Write the table to FILE instead of the standard output.")
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
    try (PrivateFolder folder = PrivateFolder.create()) {
      boolean torch = Stream.of(Group.values()).anyMatch(g -> g.python && parts.contains(g.name()));
      PyTorch.Found found =
          torch
              ? PyTorch.find(python, !eagerOnly, folder.path())
              : new PyTorch.Found(null, List.of(), List.of());
      Measurements measurements =
          new Measurements(folder.path(), avx2, found.torch(), forks, rounds);
      Map<String, String> head = Machine.describe();
      head.putAll(measurements.libraries());
      if (torch) {
        head.put("PyTorch", found.torch() == null ? "none" : String.join("; ", found.versions()));
      }
      for (Group group : Group.values()) {
        if (parts.contains(group.name())) {
          measurements.run(group);
        }
      }
      for (Single single : Single.values()) {
        if (parts.contains(single.name())) {
          measurements.run(single);
        }
      }
      List<Row> rows = measurements.rows(new Table(Machine.intel()));
      List<String> notes = new ArrayList<>(found.notes());
      notes.addAll(measurements.notes);
      print(Markdown.write(head, settings(), rows, notes));
      if (json != null) {
        write(json, head, measurements, rows);
      }
      return measurements.failed() ? 1 : 0;
    }
  }

  private Set<String> parts() {
    List<String> all = new ArrayList<>();
    new Parts().forEach(all::add);
    if (only == null) {
      return Set.copyOf(all);
    }
    Set<String> parts = new LinkedHashSet<>();
    for (String name : only) {
      String part = name.toUpperCase(Locale.ROOT);
      if (!all.contains(part)) {
        throw new ParameterException(
            Objects.requireNonNull(spec).commandLine(),
            "--only: no part '%s'; the parts are %s".formatted(name, String.join(", ", all)));
      }
      parts.add(part);
    }
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

  private void print(String text) throws IOException {
    if (markdown == null) {
      System.out.print(text);
    } else {
      Files.writeString(markdown, text);
    }
  }

  private static void write(
      Path file, Map<String, String> head, Measurements measurements, List<Row> rows)
      throws IOException {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("head", head);
    all.put("results", measurements.results);
    all.put("rows", rows);
    new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), all);
  }
}
