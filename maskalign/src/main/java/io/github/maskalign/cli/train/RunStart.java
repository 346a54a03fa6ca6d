package io.github.maskalign.cli.train;

import io.github.maskalign.cli.settings.Recipes;
import io.github.maskalign.cli.settings.Setting;
import io.github.maskalign.cli.settings.SettingsSchema;
import io.github.maskalign.cli.settings.groups.PretrainSettings;
import io.github.maskalign.cli.settings.groups.RunSettings;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.train.checkpoint.RunFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Creates the folder of a run with its settings, or reopens it to resume. */
public final class RunStart {

  private static final Path RUNS = Path.of("runs");
  private static final Map<String, String> FORMER_SIZE =
      Map.of("model", "base", "image-size", "224", "patch-size", "16", "patch", "16");

  private RunStart() {}

  /** The settings in a run's folder, by name. */
  private static final class Values extends LinkedHashMap<String, String> {
    private static final long serialVersionUID = 1L;
  }

  /**
   * The folder of a new run, or of the run to resume, locked until the session is closed.
   *
   * @throws ArgumentException if the run to resume was started with other settings, or a new run
   *     would overwrite checkpoints
   * @throws io.github.maskalign.tensor.error.StateException if another process writes to the folder
   */
  public static <R extends Record> RunFolder folder(
      Session session, String command, RunSettings run, SettingsSchema<R> schema, R settings) {
    Map<String, String> values = schema.values(settings);
    Path out = run.out();
    if (run.resume()) {
      if (out == null) {
        throw new ArgumentException("missing --out: --resume requires the folder of the run");
      }
      RunFolder folder = session.lock(RunFolder.at(out));
      schema.requireSame(settings, upgraded(folder.config(Values.class)));
      return folder;
    }
    RunFolder folder =
        session.lock(
            out == null ? RunFolder.create(RUNS, command, LocalDateTime.now()) : RunFolder.at(out));
    folder.requireNoCheckpoints();
    folder.saveConfig(values);
    return folder;
  }

  /**
   * The settings of a run before they are completed from the data: those that the user has left to
   * it are those of the run to resume.
   */
  static <R extends Record> R continued(RunSettings run, SettingsSchema<R> schema, R settings) {
    Path out = run.out();
    if (!run.resume() || out == null || !Files.exists(new RunFolder(out).configFile())) {
      return settings;
    }
    return schema.continued(settings, upgraded(new RunFolder(out).config(Values.class)));
  }

  /**
   * Settings under their present names. Earlier versions of {@code pretrain-tiny} stored some of
   * them in camel case; the others had the values of the recipe.
   */
  private static Map<String, String> upgraded(Map<String, String> stored) {
    if (!stored.containsKey("maskRatio")) {
      return completed(stored);
    }
    Map<String, String> values = new LinkedHashMap<>(Recipes.find("tiny", "pretrain"));
    stored.forEach(
        (name, value) ->
            values.put(name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT), value));
    values.put("min-lr", String.valueOf(Double.parseDouble(stored.get("lr")) / 100));
    SettingsSchema<PretrainSettings> schema = SettingsSchema.of(PretrainSettings.class);
    return schema.values(schema.build(values));
  }

  /** Earlier versions did not store the size of a network that started from random weights. */
  private static Map<String, String> completed(Map<String, String> stored) {
    if (!stored.getOrDefault("weights", Setting.NONE).equals(Setting.NONE)) {
      return stored;
    }
    Map<String, String> values = new LinkedHashMap<>(stored);
    FORMER_SIZE.forEach((name, value) -> values.replace(name, Setting.NONE, value));
    return values;
  }
}
