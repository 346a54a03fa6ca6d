package io.github.maskalign.cli.train;

import io.github.maskalign.cli.settings.Recipes;
import io.github.maskalign.cli.settings.SettingsSchema;
import io.github.maskalign.cli.settings.groups.PretrainSettings;
import io.github.maskalign.cli.settings.groups.RunSettings;
import io.github.maskalign.tensor.error.ArgumentException;
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
   * Settings under their present names. Earlier versions of {@code pretrain-tiny} stored some of
   * them in camel case; the others had the values of the recipe.
   */
  private static Map<String, String> upgraded(Map<String, String> stored) {
    if (!stored.containsKey("maskRatio")) {
      return stored;
    }
    Map<String, String> values = new LinkedHashMap<>(Recipes.find("tiny", "pretrain"));
    stored.forEach(
        (name, value) ->
            values.put(name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT), value));
    values.put("min-lr", String.valueOf(Double.parseDouble(stored.get("lr")) / 100));
    SettingsSchema<PretrainSettings> schema = SettingsSchema.of(PretrainSettings.class);
    return schema.values(schema.build(values));
  }
}
