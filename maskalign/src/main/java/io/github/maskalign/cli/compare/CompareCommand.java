package io.github.maskalign.cli.compare;

import io.github.maskalign.cli.RefusedOption;
import io.github.maskalign.cli.settings.SettingsCommand;
import io.github.maskalign.cli.settings.SettingsOptions;
import io.github.maskalign.cli.settings.SettingsSchema;
import io.github.maskalign.cli.settings.groups.PretrainSettings;
import io.github.maskalign.cli.train.Session;
import io.github.maskalign.data.StoppedException;
import io.github.maskalign.eval.FeatureScore;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.io.AtomicFile;
import io.github.maskalign.tensor.io.WriterLock;
import io.github.maskalign.train.checkpoint.FolderKind;
import io.github.maskalign.train.checkpoint.RunFolder;
import io.github.maskalign.train.log.LogReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/**
 * {@code maskalign compare}: compares variants of pre-training.
 *
 * @since 0.1.0
 */
@CommandLine.Command(
    name = "compare",
    sortOptions = false,
    abbreviateSynopsis = true,
    description =
        "Compares variants of pre-training. Trains each on the same data with the same budget and"
            + " several seeds, and writes a table and charts of quality over time to --out (default:"
            + " runs/compare). An interrupted comparison continues when it is started again with the"
            + " same --out.")
public final class CompareCommand extends SettingsCommand<PretrainSettings> {

  @Option(
      names = "--vary",
      paramLabel = "SETTING=VALUE,VALUE",
      description =
          "Setting of pretrain to vary, with its values; each value is one variant, which differs"
              + " from the other options in this setting only; can be repeated.")
  private List<String> axes = List.of();

  @Option(
      names = "--seeds",
      paramLabel = "N",
      description =
          "Number of runs per variant, with consecutive seeds from --seed (default:"
              + " ${DEFAULT-VALUE}).",
      defaultValue = "3")
  private int seeds;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description =
          "Training time per variant, which replaces --epochs: as many whole epochs as fit,"
              + " measured in a first one; filling the teacher cache counts (default: train for"
              + " --epochs).")
  private @Nullable Double seconds;

  private static final String ON_STOP =
      "Finishing the step or the score in progress, then saving ...";

  private Path out = Path.of("runs", "compare");

  /** For the service loader. */
  public CompareCommand() {
    super(SettingsOptions.ofSeveralRuns(PretrainSettings.class, "pretrain"));
  }

  @Override
  public void addOptions(CommandSpec command) {
    super.addOptions(command);
    RefusedOption.renamed(command, "--into", "--out");
  }

  @Override
  public int run(PretrainSettings base) throws IOException {
    requireComparable(base);
    out = Objects.requireNonNullElse(base.run().out(), out);
    SettingsSchema<PretrainSettings> schema = schema();
    Map<String, Map<String, String>> variants = Variants.of(axes);
    variants.values().forEach(values -> schema.requireKnown("--vary", values));
    List<PretrainSettings> built =
        variants.values().stream()
            .map(values -> schema.build(with(schema.values(base), values)))
            .toList();
    try (WriterLock _ = lock(Files.createDirectories(out));
        Session session = Session.stoppable(base.machine(), ON_STOP)) {
      if (!compared(session, base, variants, built)) {
        System.out.printf("Stopped; run the same command again to continue%n");
        return session.stop().exitStatus();
      }
      return 0;
    }
  }

  /** Runs all trials; false if it was interrupted. */
  private boolean compared(
      Session session,
      PretrainSettings base,
      Map<String, Map<String, String>> variants,
      List<PretrainSettings> built)
      throws IOException {
    ResultsFile results = new ResultsFile(out.resolve("results.jsonl"));
    List<String> names = List.copyOf(variants.keySet());
    try {
      List<FeatureScore> baselines =
          new Baselines(out.resolve("baselines.json"), schema()).scores(session, built);
      Comparison latest = report(results(results), names, baselines);
      // Seed by seed, so that an interrupted comparison has results of every variant.
      for (long seed = base.run().seed(); seed < base.run().seed() + seeds; seed++) {
        for (Map.Entry<String, Map<String, String>> variant : variants.entrySet()) {
          Map<String, String> values = with(schema().values(base), variant.getValue());
          values.put("seed", Long.toString(seed));
          if (!run(session, variant.getKey(), seed, values, results)) {
            return false;
          }
          latest = report(results(results), names, baselines);
        }
      }
      System.out.printf(
          "%n%s%n%s: table.md, table.csv, table.tex, quality-seconds.svg, quality-epochs.svg%n",
          latest.table().markdown(), out);
      return true;
    } catch (StoppedException e) {
      return false;
    }
  }

  private static WriterLock lock(Path folder) throws IOException {
    FolderKind.COMPARISON.requireNoOther(folder);
    FolderKind.COMPARISON.mark(folder);
    return FolderKind.COMPARISON.lock(folder);
  }

  private void requireComparable(PretrainSettings base) {
    if (seeds < 1 || seconds != null && !(seconds > 0)) {
      throw new ArgumentException(
          "--seeds %d, --seconds %s: both must be positive".formatted(seeds, seconds));
    }
    base.pictures().held().requireAny(base.pictures().evalData());
    if (base.run().resume()) {
      throw new ArgumentException(
          "--resume: not applicable, compare continues the comparison in --out by itself");
    }
  }

  private static Map<String, String> with(Map<String, String> base, Map<String, String> changes) {
    Map<String, String> values = new LinkedHashMap<>(base);
    values.putAll(changes);
    return values;
  }

  /** Runs a trial unless it has a result; false if it was interrupted. */
  private boolean run(
      Session session, String variant, long seed, Map<String, String> values, ResultsFile results) {
    Path folder = out.resolve(Variants.folder(variant, seed));
    Optional<Map<String, String>> fitted = fitted(session, variant, values);
    if (fitted.isEmpty()) {
      return false;
    }
    Trial trial = new Trial(variant, fitted.get(), folder);
    for (TrialResult known : results(results)) {
      if (known.variant().equals(variant) && known.seed() == seed) {
        requireSame(known, trial);
        return true;
      }
    }
    System.out.printf("%n== %s, seed %d ==%n", variant, seed);
    Optional<TrialResult> result = trial.run(session, schema());
    result.ifPresent(
        made -> {
          results.append(made);
          System.out.printf(
              "%s, seed %d: k-NN %.1f %% after %.0f s%n",
              variant, seed, made.last().score(), made.last().seconds());
        });
    return result.isPresent();
  }

  /** The results so far, with the present names of settings. */
  private List<TrialResult> results(ResultsFile file) {
    return file.read().stream()
        .map(result -> result.withVariant(Variants.renamed(result.variant(), schema())))
        .toList();
  }

  private void requireSame(TrialResult known, Trial trial) {
    schema().requireSame(schema().build(trial.values()), known.settings());
  }

  /**
   * The settings with as many epochs as fit in the budget. One epoch is run to measure its
   * duration, and its folder keeps the result.
   */
  private Optional<Map<String, String>> fitted(
      Session session, String variant, Map<String, String> values) {
    if (seconds == null) {
      return Optional.of(values);
    }
    Path folder = out.resolve(Variants.folder("pace-of-" + variant, 0));
    RunFolder run = RunFolder.at(folder);
    if (!Files.exists(run.weights())) {
      System.out.printf("%n== measuring the speed of %s ==%n", variant);
      Map<String, String> once =
          with(values, Map.of("epochs", "1", "warmup", "0", "log-every", "1"));
      if (new Trial(variant, once, folder).run(session, schema()).isEmpty()) {
        return Optional.empty();
      }
    }
    int epochs = Pace.of(LogReader.read(run.log())).epochs(seconds);
    return Optional.of(with(values, Map.of("epochs", Integer.toString(epochs))));
  }

  /** Writes the tables and charts of the results so far; files are complete at any time. */
  private Comparison report(
      List<TrialResult> results, List<String> variants, List<FeatureScore> baselines)
      throws IOException {
    List<TrialResult> shown = new ArrayList<>();
    for (String variant : variants) {
      results.stream().filter(result -> result.variant().equals(variant)).forEach(shown::add);
    }
    Comparison comparison = new Comparison("k-NN", shown, baselines);
    ResultTable table = comparison.table();
    write("table.md", table.markdown());
    write("table.csv", table.csv());
    write("table.tex", table.latex());
    CurvePlot.write(comparison, CurvePlot.Axis.SECONDS, out.resolve("quality-seconds.svg"));
    CurvePlot.write(comparison, CurvePlot.Axis.EPOCHS, out.resolve("quality-epochs.svg"));
    return comparison;
  }

  private void write(String name, String text) throws IOException {
    AtomicFile.write(out.resolve(name), text.getBytes(StandardCharsets.UTF_8));
  }
}
