package io.github.maskalign.cli.bench;

import io.github.maskalign.cli.Command;
import io.github.maskalign.cli.ComputeOptions;
import io.github.maskalign.cli.ProgressLine;
import io.github.maskalign.cli.RefusedOption;
import io.github.maskalign.cli.bench.measure.Benchmark;
import io.github.maskalign.cli.bench.measure.BenchmarkRunner;
import io.github.maskalign.cli.bench.measure.Measurement;
import io.github.maskalign.cli.bench.measure.Sampler;
import io.github.maskalign.cli.bench.suite.ModelSize;
import io.github.maskalign.cli.bench.suite.StartBenchmark;
import io.github.maskalign.cli.bench.suite.Suite;
import io.github.maskalign.config.Choice;
import io.github.maskalign.tensor.io.Glob;
import io.github.maskalign.train.log.ProgressDisplay;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code maskalign bench}: benchmarks kernels and whole training steps. */
@CommandLine.Command(
    name = "bench",
    description =
        "Benchmarks kernels and whole training steps on this machine. The table gives medians. %%"
            + " of peak: share of the multiply-adds that the threads could do on registers,"
            + " measured next to each row, or of the peak that the maker of the GPU states."
            + " settled: calls until one took at most 1.1 times the median, the JIT compiled"
            + " meanwhile, and the seconds after which that was; run a step alone for a cold start."
            + " launches: operations submitted to a GPU per call. heap B: Java objects allocated"
            + " per call, on all threads. pool: memory that the backend holds. RSS: peak memory of"
            + " the process, earlier benchmarks included; run a step alone to measure its own. A"
            + " multiply-add counts as 2 operations; recomputed work counts once.")
public final class BenchCommand implements Command {

  private static final double MAX_SECONDS = 600;
  private static final int JVMS = 5;

  @Mixin private final ComputeOptions compute = new ComputeOptions();

  @Option(
      names = "--only",
      paramLabel = "GLOB",
      description =
          "Run only the benchmarks whose names match; * matches any text, ? one character (default:"
              + " all).",
      defaultValue = "*")
  private String glob;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description =
          "Sampling time per benchmark, after a warm-up of at least the same length (default:"
              + " ${DEFAULT-VALUE}).",
      defaultValue = "1")
  private double seconds;

  @Option(
      names = "--model",
      paramLabel = "SIZE",
      description = "Student sizes, separated by commas: ti, s, b (default: ${DEFAULT-VALUE}).",
      split = ",",
      defaultValue = "s")
  private List<String> models;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description =
          "Batch size of a training step; a teacher gets half of it (default: ${DEFAULT-VALUE}).",
      defaultValue = "8")
  private int pictures;

  @Option(names = "--list", description = "List the benchmarks and exit.")
  private boolean list;

  @Option(
      names = "--startup",
      description =
          "Measure instead the time from the start of the JVM to the first embedding with ViT-B/16,"
              + " and its memory; takes about a minute.")
  private boolean startup;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Also write all results to this file.")
  private @Nullable Path json;

  private CommandSpec spec;

  /** For the service loader. */
  public BenchCommand() {}

  /** Called by picocli. */
  @Spec
  public void setSpec(CommandSpec spec) {
    this.spec = spec;
    RefusedOption.renamed(spec, "--start", "--startup");
  }

  @Override
  public Integer call() throws IOException {
    List<Benchmark> selected = selected();
    check();
    PrintWriter out = spec.commandLine().getOut();
    if (startup) {
      new StartBenchmark(compute.backend(), compute.threads(), compute.precision(), JVMS).run(out);
      return 0;
    }
    if (list) {
      selected.forEach(benchmark -> out.println(benchmark.name() + "  " + benchmark.what()));
      return 0;
    }
    run(
        selected,
        new BenchmarkRunner(
            compute.backend(), compute.options(), new Sampler(seconds, System::nanoTime)),
        out);
    return 0;
  }

  private void run(List<Benchmark> selected, BenchmarkRunner bench, PrintWriter out)
      throws IOException {
    String explanation = bench.explanation();
    out.println(explanation);
    List<Benchmark> all = new ArrayList<>(selected);
    // Last, when the JIT compiler has profiled all uses of the kernel.
    all.add(Warnings.PRODUCT);
    Table table = new Table(all);
    out.println(table.head());
    List<Measurement> measurements = new ArrayList<>();
    try (ProgressLine progress = ProgressLine.onStandardError("Benchmarks")) {
      boolean terminal = ProgressDisplay.onTerminal();
      for (Benchmark benchmark : all) {
        // Without a terminal, the rows of the table show the progress.
        if (terminal) {
          progress.update(measurements.size(), all.size());
        }
        measurements.add(bench.run(benchmark));
        progress.clear();
        out.println(table.row(measurements.getLast()));
      }
    }
    Measurement product = measurements.removeLast();
    Report report = new Report(bench, explanation, product, measurements);
    report.warnings().forEach(warning -> out.println("WARNING: " + warning));
    if (json != null) {
      report.write(json);
    }
  }

  private List<Benchmark> selected() {
    List<ModelSize> chosen =
        models.stream()
            .map(word -> Choice.parse("model", ModelSize.class, word))
            .distinct()
            .toList();
    List<Benchmark> selected =
        Suite.of(chosen, pictures).stream().filter(b -> Glob.of(glob).test(b.name())).toList();
    if (selected.isEmpty()) {
      throw wrong("--only: no benchmark matches '" + glob + "'; --list shows all names");
    }
    return selected;
  }

  private void check() {
    if (pictures < 1) {
      throw wrong("--batch: must be at least 1, got " + pictures);
    }
    if (!(seconds > 0 && seconds <= MAX_SECONDS)) {
      throw wrong("--seconds: must be above 0 and at most 600, got " + seconds);
    }
    if (json != null && !Files.isDirectory(json.toAbsolutePath().getParent())) {
      throw wrong("--json: no such folder: " + json.toAbsolutePath().getParent());
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
