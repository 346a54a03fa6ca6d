package io.github.maskalign.cli.bench;

import io.github.maskalign.cli.Command;
import io.github.maskalign.cli.bench.measure.Benchmark;
import io.github.maskalign.cli.bench.measure.BenchmarkRunner;
import io.github.maskalign.cli.bench.measure.Measurement;
import io.github.maskalign.cli.bench.measure.Sampler;
import io.github.maskalign.cli.bench.suite.ModelSize;
import io.github.maskalign.cli.bench.suite.StartBenchmark;
import io.github.maskalign.cli.bench.suite.Suite;
import io.github.maskalign.config.Choice;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.Precision;
import io.github.maskalign.tensor.io.Glob;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code maskalign bench}: measures kernels and whole steps on this machine. */
@CommandLine.Command(
    name = "bench",
    description =
        "Measures kernels and whole training steps on this machine: times, rates, and what they"
            + " take of memory. The table gives medians; %% of peak is the part of the"
            + " multiply-adds that the threads could do on registers, measured beside each row, or"
            + " of those that a GPU's maker names; launches is what a call hands to a GPU; heap B"
            + " is what a call leaves to the garbage collector, on all threads; pool is what the"
            + " backend holds; RSS is the peak of the whole process, what ran before included, so"
            + " run a step alone to know its own. Products count 2 operations a multiply-add, and"
            + " what is computed twice once.")
public final class BenchCommand implements Command {

  private static final double MAX_SECONDS = 600;
  private static final int JVMS = 5;

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description = "auto, cpu, reference or cuda (default: ${DEFAULT-VALUE}).",
      defaultValue = Backends.AUTO)
  private String backend;

  @Option(names = "--threads", description = "Worker threads (default: all cores).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--precision",
      description = "Of products and attention: ${COMPLETION-CANDIDATES} (default: F32).")
  private Precision precision = Precision.F32;

  @Option(
      names = "--only",
      paramLabel = "GLOB",
      description = "Only benchmarks of such a name: * is any text, ? one letter.",
      defaultValue = "*")
  private String glob;

  @Option(
      names = "--seconds",
      description =
          "Of sampling for each benchmark, after as long of warming up or longer (default:"
              + " ${DEFAULT-VALUE}).",
      defaultValue = "1")
  private double seconds;

  @Option(
      names = "--model",
      paramLabel = "SIZE",
      description = "Students: ti, s or b, or several with commas (default: ${DEFAULT-VALUE}).",
      split = ",",
      defaultValue = "s")
  private List<String> models;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description =
          "Pictures of a training step; a teacher sees half as many (default: ${DEFAULT-VALUE}).",
      defaultValue = "8")
  private int pictures;

  @Option(names = "--list", description = "List the benchmarks and run none.")
  private boolean list;

  @Option(
      names = "--start",
      description =
          "Instead: the time from the start of Java to the first embedding of ViT-B/16, and its"
              + " memory; about a minute.")
  private boolean start;

  @Option(names = "--json", paramLabel = "FILE", description = "Write all figures there too.")
  private @Nullable Path json;

  @Spec private CommandSpec spec;

  /** For the service loader. */
  public BenchCommand() {}

  @Override
  public Integer call() throws IOException {
    List<Benchmark> selected = selected();
    check();
    PrintWriter out = spec.commandLine().getOut();
    if (start) {
      new StartBenchmark(backend, threads, JVMS).run(out);
      return 0;
    }
    if (list) {
      selected.forEach(benchmark -> out.println(benchmark.name() + "  " + benchmark.what()));
      return 0;
    }
    run(
        selected,
        new BenchmarkRunner(backend, threads, precision, new Sampler(seconds, System::nanoTime)),
        out);
    return 0;
  }

  private void run(List<Benchmark> selected, BenchmarkRunner bench, PrintWriter out)
      throws IOException {
    String explanation = bench.explanation();
    out.println(explanation);
    List<Benchmark> all = new ArrayList<>(selected);
    // Last, when the compiler has seen all the uses of the kernel.
    all.add(Warnings.PRODUCT);
    Table table = new Table(all);
    out.println(table.head());
    Progress progress = new Progress(all.size());
    List<Measurement> measurements = new ArrayList<>();
    for (Benchmark benchmark : all) {
      progress.begin(benchmark.name());
      measurements.add(bench.run(benchmark));
      progress.end();
      out.println(table.row(measurements.getLast()));
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
      throw wrong("--only: no benchmark is named like '" + glob + "'; --list shows them");
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
      throw wrong("--json: there is no folder " + json.toAbsolutePath().getParent());
    }
  }

  private ParameterException wrong(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
