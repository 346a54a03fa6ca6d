package io.github.maskalign.cli.compare;

import io.github.maskalign.cli.settings.SettingsCommand;
import io.github.maskalign.cli.settings.SettingsSchema;
import io.github.maskalign.cli.settings.groups.PretrainSettings;
import io.github.maskalign.cli.train.Session;
import io.github.maskalign.train.checkpoint.RunFolder;
import io.github.maskalign.train.log.LogReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * {@code maskalign compare}: variants of pre-training side by side.
 *
 * @since 0.1.0
 */
@CommandLine.Command(
    name = "compare",
    sortOptions = false,
    abbreviateSynopsis = true,
    description =
        "Runs variants of pre-training on the same pictures with the same budget and several seeds,"
            + " and writes a table and plots of their quality against time. Stopped, it goes on"
            + " where it was when it is started again with the same --into.")
public final class CompareCommand extends SettingsCommand<PretrainSettings> {

  @Option(
      names = "--vary",
      paramLabel = "SETTING=VALUE,VALUE",
      description =
          "A setting of pretrain and its values, each a variant that differs from the other"
              + " options in this alone; may be given several times.")
  private List<String> axes = List.of();

  @Option(
      names = "--seeds",
      paramLabel = "N",
      description = "Runs of each variant, with seeds from --seed on (default: ${DEFAULT-VALUE}).",
      defaultValue = "3")
  private int seeds;

  @Option(
      names = "--seconds",
      paramLabel = "S",
      description =
          "Train each variant for so many seconds instead of --epochs: as many whole epochs as a"
              + " first one shows to fit in, the time that a teacher's cache takes included.")
  private @Nullable Double seconds;

  @Option(
      names = "--into",
      paramLabel = "DIR",
      description = "Folder of the comparison (default: ${DEFAULT-VALUE}).",
      defaultValue = "runs/compare")
  private Path into;

  /** For the service loader. */
  public CompareCommand() {
    super(PretrainSettings.class, "pretrain");
  }

  @Override
  public int run(PretrainSettings base) throws IOException {
    requireComparable(base);
    SettingsSchema<PretrainSettings> schema = schema();
    Map<String, Map<String, String>> variants = Variants.of(axes);
    variants.values().forEach(words -> schema.build(with(schema.words(base), words)));
    ResultsFile results = new ResultsFile(Files.createDirectories(into).resolve("results.jsonl"));
    try (Session session = Session.open(base.machine())) {
      // Seed by seed, so that a comparison that is stopped early has something of every variant.
      for (long seed = base.run().seed(); seed < base.run().seed() + seeds; seed++) {
        for (Map.Entry<String, Map<String, String>> variant : variants.entrySet()) {
          Map<String, String> words = with(schema.words(base), variant.getValue());
          words.put("seed", Long.toString(seed));
          if (!run(session, variant.getKey(), seed, words, results)) {
            System.out.printf("Stopped; the same command goes on with it%n");
            return session.stop().exitStatus();
          }
        }
      }
    }
    report(results.read(), variants.keySet().stream().toList());
    return 0;
  }

  private void requireComparable(PretrainSettings base) {
    if (seeds < 1 || seconds != null && !(seconds > 0)) {
      throw new IllegalArgumentException(
          "--seeds %d, --seconds %s: both must be positive".formatted(seeds, seconds));
    }
    if (base.pictures().evalData() == null) {
      throw new IllegalArgumentException(
          "--eval-data: name labeled pictures, by which the variants are judged");
    }
    if (base.run().out() != null || base.run().resume()) {
      throw new IllegalArgumentException(
          "--out and --resume are of single runs; a comparison has --into, and goes on by itself");
    }
  }

  private static Map<String, String> with(Map<String, String> base, Map<String, String> changes) {
    Map<String, String> words = new LinkedHashMap<>(base);
    words.putAll(changes);
    return words;
  }

  /** Whether there is a result: found, or made now. */
  private boolean run(
      Session session, String variant, long seed, Map<String, String> words, ResultsFile results) {
    Path folder = into.resolve(Variants.folder(variant, seed));
    Optional<Map<String, String>> fitted = fitted(session, variant, words);
    if (fitted.isEmpty()) {
      return false;
    }
    Trial trial = new Trial(variant, fitted.get(), folder);
    for (TrialResult known : results.read()) {
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

  private void requireSame(TrialResult known, Trial trial) {
    schema().requireSame(schema().build(trial.words()), known.settings());
  }

  /**
   * The settings with as many epochs as fit in the budget. One epoch is run to know its time, and
   * its folder keeps the answer.
   */
  private Optional<Map<String, String>> fitted(
      Session session, String variant, Map<String, String> words) {
    if (seconds == null) {
      return Optional.of(words);
    }
    Path folder = into.resolve(Variants.folder("pace-of-" + variant, 0));
    RunFolder run = RunFolder.at(folder);
    if (!Files.exists(run.weights())) {
      System.out.printf("%n== the pace of %s ==%n", variant);
      Map<String, String> once =
          with(words, Map.of("epochs", "1", "warmup", "0", "log-every", "1"));
      if (new Trial(variant, once, folder).run(session, schema()).isEmpty()) {
        return Optional.empty();
      }
    }
    int epochs = Pace.of(LogReader.read(run.log())).epochs(seconds);
    return Optional.of(with(words, Map.of("epochs", Integer.toString(epochs))));
  }

  private void report(List<TrialResult> results, List<String> variants) throws IOException {
    List<TrialResult> shown = new ArrayList<>();
    for (String variant : variants) {
      results.stream().filter(result -> result.variant().equals(variant)).forEach(shown::add);
    }
    Comparison comparison = new Comparison("k-NN", shown);
    Path table = into.resolve("table.md");
    Files.writeString(table, comparison.table());
    CurvePlot.write(comparison, CurvePlot.Axis.SECONDS, into.resolve("quality-seconds.png"));
    CurvePlot.write(comparison, CurvePlot.Axis.EPOCHS, into.resolve("quality-epochs.png"));
    System.out.printf(
        "%n%s%n%s, quality-seconds.png, quality-epochs.png%n", comparison.table(), table);
  }
}
