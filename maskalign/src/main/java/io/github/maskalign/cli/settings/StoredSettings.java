package io.github.maskalign.cli.settings;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.train.checkpoint.BuildInfo;
import io.github.maskalign.train.checkpoint.RunFolder;
import io.github.maskalign.train.checkpoint.RunPaths;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The settings in the folder of a run, stored by this or an earlier version.
 *
 * @since 0.1.0
 */
public final class StoredSettings {

  private static final String COMMAND = "command";
  private static final String VERSION = "maskalign";
  private static final String COMMIT = "commit";

  /** Keys that are not settings. */
  private static final Set<String> OTHER = Set.of(COMMAND, VERSION, COMMIT);

  /** A key of the first versions, which stored settings of {@code pretrain-tiny} in camel case. */
  private static final String CAMEL_CASE = "maskRatio";

  private static final Map<String, String> FORMER_SIZE =
      Map.of("model", "base", "image-size", "224", "patch-size", "16", "patch", "16");

  private final RunFolder run;
  private final @Nullable String command;
  private final Map<String, String> stored;

  private StoredSettings(RunFolder run, Map<String, String> content) {
    this.run = run;
    this.command = content.get(COMMAND);
    this.stored = content;
    stored.keySet().removeAll(OTHER);
  }

  /** The content of the file. */
  private static final class Values extends LinkedHashMap<String, String> {
    private static final long serialVersionUID = 1L;
  }

  /** Writes the settings of a run with the command, version and commit that started it. */
  public static void write(RunFolder folder, String command, Map<String, String> settings) {
    Map<String, String> values = new LinkedHashMap<>();
    BuildInfo build = BuildInfo.current();
    values.put(COMMAND, command);
    values.put(VERSION, build.version());
    values.put(COMMIT, build.commit());
    values.putAll(settings);
    folder.saveConfig(values);
  }

  /** The settings of a file, which may be that of a run, without what tells where it is from. */
  static Map<String, String> only(Map<String, String> values) {
    Map<String, String> settings = new LinkedHashMap<>(values);
    if (settings.containsKey(VERSION)) {
      settings.keySet().removeAll(OTHER);
    }
    return settings;
  }

  /**
   * Reads the settings of a run.
   *
   * @throws ArgumentException if the folder is not that of a run
   * @throws FormatException if the file is damaged
   */
  public static StoredSettings read(Path folder) {
    RunFolder run = new RunFolder(folder);
    if (!Files.exists(run.configFile())) {
      throw new ArgumentException(RunPaths.notARun(folder, "config.json"));
    }
    Map<String, String> stored = run.config(Values.class);
    if (stored.containsValue(null)) {
      throw new FormatException(run.configFile() + " has a setting that is null");
    }
    return new StoredSettings(run, stored);
  }

  /**
   * Reads the settings of a run by their present names.
   *
   * @throws ArgumentException if the folder is not that of a run, or that of another command
   * @throws FormatException if the file is damaged
   */
  public static Map<String, String> read(Path folder, SettingsSchema<?> schema) {
    StoredSettings settings = read(folder);
    Map<String, String> values = settings.values(schema);
    settings.requireKnown(values, schema);
    return values;
  }

  /** The command that started the run; empty if it is unknown. */
  public String command() {
    if (command != null) {
      return command;
    }
    // Earlier versions did not store it.
    if (stored.containsKey(CAMEL_CASE)) {
      return "pretrain-tiny";
    }
    if (stored.containsKey("mask-ratio")) {
      return "pretrain";
    }
    return stored.containsKey("layer-decay")
        ? "finetune"
        : stored.containsKey("pool") ? "probe" : "";
  }

  /** A value by a name that has always been the same; null if there is none. */
  public @Nullable String value(String name) {
    return stored.get(name);
  }

  /** The values by their present names; they may have others than those of the schema. */
  public Map<String, String> values(SettingsSchema<?> schema) {
    return schema.renamed(stored.containsKey(CAMEL_CASE) ? upgraded(schema) : completed());
  }

  private void requireKnown(Map<String, String> values, SettingsSchema<?> schema) {
    try {
      schema.requireKnown(run.configFile().toString(), values);
    } catch (ArgumentException e) {
      throw command == null
          ? e
          : new ArgumentException(
              "%s is a run of %s: resume it with %s"
                  .formatted(run, command, RunCommand.resume(command, run.path())),
              e);
    }
  }

  /** The settings that were not stored had the values of the recipe. */
  private Map<String, String> upgraded(SettingsSchema<?> schema) {
    Map<String, String> values = new LinkedHashMap<>(Recipes.find("tiny", "pretrain"));
    stored.forEach(
        (name, value) ->
            values.put(name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT), value));
    values.put("min-lr", String.valueOf(Double.parseDouble(stored.get("lr")) / 100));
    return schema.normalized(values);
  }

  /** Earlier versions did not store the size of a network that started from random weights. */
  private Map<String, String> completed() {
    if (!stored.getOrDefault("weights", Setting.NONE).equals(Setting.NONE)) {
      return stored;
    }
    Map<String, String> values = new LinkedHashMap<>(stored);
    FORMER_SIZE.forEach((name, value) -> values.replace(name, Setting.NONE, value));
    return values;
  }
}
