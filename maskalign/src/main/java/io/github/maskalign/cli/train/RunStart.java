package io.github.maskalign.cli.train;

import io.github.maskalign.cli.settings.Recipes;
import io.github.maskalign.cli.settings.SettingsSchema;
import io.github.maskalign.cli.settings.groups.PretrainSettings;
import io.github.maskalign.cli.settings.groups.RunSettings;
import io.github.maskalign.train.checkpoint.RunFolder;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Creates the folder of a run with its settings, or reopens it to resume. */
public final class RunStart {

  private static final Path RUNS = Path.of("runs");

  private RunStart() {}

  /** The settings in a run's folder, by name. */
  private static final class Words extends LinkedHashMap<String, String> {
    private static final long serialVersionUID = 1L;
  }

  /**
   * The folder of a new run, or of the run to resume.
   *
   * @throws IllegalArgumentException if the run to resume was started with other settings, or a new
   *     run would overwrite checkpoints
   */
  public static <R extends Record> RunFolder folder(
      String command, RunSettings run, SettingsSchema<R> schema, R settings) {
    Map<String, String> words = schema.words(settings);
    Path out = run.out();
    if (run.resume()) {
      if (out == null) {
        throw new IllegalArgumentException(
            "missing --out: --resume requires the folder of the run");
      }
      RunFolder folder = RunFolder.at(out);
      schema.requireSame(settings, upgraded(folder.config(Words.class)));
      return folder;
    }
    RunFolder folder =
        out == null ? RunFolder.create(RUNS, command, LocalDateTime.now()) : RunFolder.startAt(out);
    folder.saveConfig(words);
    return folder;
  }

  /**
   * The settings under today's names. Before it had these settings, {@code pretrain-tiny} noted
   * some of its own in camel case; what it did not note was what the recipe says.
   */
  private static Map<String, String> upgraded(Map<String, String> noted) {
    if (!noted.containsKey("maskRatio")) {
      return noted;
    }
    Map<String, String> words = new LinkedHashMap<>(Recipes.find("tiny", "pretrain"));
    noted.forEach(
        (name, word) ->
            words.put(name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT), word));
    words.put("min-lr", String.valueOf(Double.parseDouble(noted.get("lr")) / 100));
    SettingsSchema<PretrainSettings> schema = SettingsSchema.of(PretrainSettings.class);
    return schema.words(schema.build(words));
  }
}
