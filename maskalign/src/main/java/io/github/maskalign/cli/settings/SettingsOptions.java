package io.github.maskalign.cli.settings;

import io.github.maskalign.cli.RefusedOption;
import io.github.maskalign.config.Choice;
import io.github.maskalign.tensor.error.ArgumentException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.IGetter;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The settings of a command on the command line: an option for each, and {@code --recipe}, {@code
 * --config} and {@code --print-config}. In increasing order of precedence: defaults, recipe, file,
 * options.
 *
 * @param <R> the record of settings
 * @since 0.1.0
 */
public final class SettingsOptions<R extends Record> {

  private static final String RECIPE = "recipe";
  private static final String CONFIG = "config";
  private static final String OPTIONS = "option";
  private static final String OUT = "out";
  private static final String RESUME = "resume";
  private static final String PRINT = "print-config";

  private final SettingsSchema<R> schema;
  private final String command;
  private final @Nullable Preset preset;
  private final boolean readsRun;
  private final Map<String, String> given = new LinkedHashMap<>();

  /** A recipe whose settings are fixed, except for a few options. */
  private record Preset(String recipe, Set<String> options) {}

  private SettingsOptions(
      SettingsSchema<R> schema, String command, @Nullable Preset preset, boolean readsRun) {
    this.schema = schema;
    this.command = command;
    this.preset = preset;
    this.readsRun = readsRun;
  }

  /**
   * The options of a command.
   *
   * @param command whose section of a recipe applies
   */
  public static <R extends Record> SettingsOptions<R> of(Class<R> type, String command) {
    return new SettingsOptions<>(SettingsSchema.of(type), command, null, true);
  }

  /**
   * The options of a command whose {@code --out} is not the folder of a run, so that {@code
   * --resume} reads no settings from it.
   *
   * @param command whose section of a recipe applies
   */
  public static <R extends Record> SettingsOptions<R> ofSeveralRuns(Class<R> type, String command) {
    return new SettingsOptions<>(SettingsSchema.of(type), command, null, false);
  }

  /**
   * The options of a command that runs another one by a recipe and offers only a few of its
   * options. An option that it lacks is refused with the command that has it.
   *
   * @param command whose section of the recipe applies
   * @param names of the options that it offers, without dashes
   */
  public static <R extends Record> SettingsOptions<R> preset(
      Class<R> type, String command, String recipe, Set<String> names) {
    return new SettingsOptions<>(SettingsSchema.of(type), command, new Preset(recipe, names), true);
  }

  /** The settings. */
  public SettingsSchema<R> schema() {
    return schema;
  }

  /** Adds all options to a command. */
  public void addTo(CommandSpec spec) {
    if (preset != null) {
      addPreset(spec, preset);
      return;
    }
    String recipes = String.join(", ", Recipes.names());
    spec.addOption(option(RECIPE, "NAME", "Built-in recipe: " + recipes + ".").build())
        .addOption(
            option(
                    CONFIG,
                    "FILE",
                    "YAML or JSON file with settings, as --print-config prints it, or config.json"
                        + " of a run.")
                .build())
        .addOption(flag(PRINT, "Print the resulting settings as a file for --config, and exit."));
    Map<String, ArgGroupSpec.Builder> groups = new LinkedHashMap<>();
    for (SettingsSchema.Entry entry : schema.entries()) {
      groups
          .computeIfAbsent(
              entry.heading(),
              heading ->
                  ArgGroupSpec.builder()
                      .validate(false)
                      .order(groups.size() + 1)
                      .heading("%n" + heading + "%n"))
          .addArg(option(entry));
    }
    groups.values().forEach(group -> spec.addArgGroup(group.build()));
    schema
        .formerNames()
        .forEach((former, now) -> RefusedOption.renamed(spec, "--" + former, "--" + now));
  }

  private void addPreset(CommandSpec spec, Preset fixed) {
    Map<String, String> recipe = Recipes.find(fixed.recipe, command);
    for (SettingsSchema.Entry entry : schema.entries()) {
      String name = entry.name();
      if (fixed.options.contains(name)) {
        String value = recipe.getOrDefault(name, entry.defaultValue());
        spec.addOption(option(entry.withDefault(value)));
      } else {
        RefusedOption.add(spec, "--" + name, value -> refusal(spec, fixed.recipe, name, value));
      }
    }
  }

  private String refusal(CommandSpec spec, String recipe, String name, String value) {
    return "%s has no --%s; use 'maskalign %s --recipe %s --%s%s'"
        .formatted(spec.name(), name, command, recipe, name, value.isEmpty() ? value : " " + value);
  }

  private OptionSpec option(SettingsSchema.Entry entry) {
    String text = text(entry);
    return entry.type() == boolean.class || entry.type() == Boolean.class
        ? flag(entry.name(), text)
        : option(entry.name(), label(entry.type()), text).build();
  }

  private OptionSpec flag(String name, String text) {
    return option(name, "true|false", text).arity("0..1").fallbackValue("true").build();
  }

  private OptionSpec.Builder option(String name, String label, String text) {
    IGetter getter =
        new IGetter() {
          @Override
          @SuppressWarnings("unchecked")
          public <T> T get() {
            return (T) given.get(name);
          }
        };
    ISetter setter =
        new ISetter() {
          @Override
          @SuppressWarnings("unchecked")
          public <T> T set(T value) {
            return (T) (value == null ? given.remove(name) : given.put(name, (String) value));
          }
        };
    return OptionSpec.builder("--" + name)
        .type(String.class)
        .paramLabel(label)
        .description(text.replace("%", "%%"))
        .getter(getter)
        .setter(setter);
  }

  /** The description, with the values of an enum, the range of a number, and the default. */
  private static String text(SettingsSchema.Entry entry) {
    String text = entry.setting().value().replaceAll("\\.$", "");
    if (entry.type().isEnum()) {
      text += ": " + values(entry.type());
    }
    String note = entry.defaultText();
    if (note.isEmpty() || !entry.defaultValue().equals(Setting.NONE)) {
      note = entry.defaultValue();
    }
    String range = entry.range().isEmpty() ? "" : entry.range() + "; ";
    return note.startsWith(Setting.REQUIRED)
        ? "%s (%s%s).".formatted(text, range, note)
        : "%s (%sdefault: %s).".formatted(text, range, note);
  }

  private static String values(Class<?> type) {
    List<String> words =
        Arrays.stream(type.getEnumConstants())
            .map(c -> c instanceof Choice choice ? choice.word() : c.toString())
            .map(word -> word.toLowerCase(Locale.ROOT))
            .toList();
    return words.size() == 1
        ? words.getFirst()
        : String.join(", ", words.subList(0, words.size() - 1)) + " or " + words.getLast();
  }

  private static String label(Class<?> type) {
    if (type == Path.class) {
      return "PATH";
    }
    return type.isPrimitive() || Number.class.isAssignableFrom(type) ? "N" : "VALUE";
  }

  /** Whether to print the settings and exit. */
  public boolean printRequested() {
    return Boolean.parseBoolean(given.get(PRINT));
  }

  /**
   * The settings of all sources together.
   *
   * @throws ArgumentException if a source has an unknown key or an invalid value
   */
  public R resolve() {
    return resolve(layers());
  }

  private R resolve(Map<String, Map<String, String>> layers) {
    Map<String, String> values = new LinkedHashMap<>();
    layers.values().forEach(values::putAll);
    return schema.build(values);
  }

  /** The resulting settings as a YAML file for {@code --config}, with their sources as comments. */
  public String print() {
    Map<String, Map<String, String>> layers = layers();
    StringBuilder text = new StringBuilder();
    schema
        .values(resolve(layers))
        .forEach(
            (name, value) -> {
              String source = null;
              for (Map.Entry<String, Map<String, String>> layer : layers.entrySet()) {
                source = layer.getValue().containsKey(name) ? layer.getKey() : source;
              }
              text.append(SettingsFile.line(name, value, source)).append('\n');
            });
    return text.toString();
  }

  /** The values of each source by its name, in increasing order of precedence. */
  private Map<String, Map<String, String>> layers() {
    Map<String, Map<String, String>> layers = new LinkedHashMap<>();
    String recipe = preset == null ? given.get(RECIPE) : preset.recipe;
    Map<String, String> common = new LinkedHashMap<>();
    if (recipe != null) {
      common.putAll(known("recipe " + recipe, Recipes.find(recipe, command)));
      layers.put("recipe " + recipe, common);
    }
    String file = given.get(CONFIG);
    if (file != null) {
      layers.put(file, known(file, StoredSettings.only(SettingsFile.read(Path.of(file)))));
    }
    Map<String, String> options = new LinkedHashMap<>(given);
    options.keySet().retainAll(schema.entries().stream().map(SettingsSchema.Entry::name).toList());
    layers.put(OPTIONS, options);
    common.keySet().removeIf(name -> isReplaced(name, layers));
    return withRun(layers);
  }

  /** Whether a source other than the recipe, which is the first, replaces a setting of it. */
  private boolean isReplaced(String name, Map<String, Map<String, String>> layers) {
    return schema.entries().stream()
        .filter(entry -> entry.name().equals(name))
        .flatMap(entry -> Arrays.stream(entry.setting().replacedBy()))
        .anyMatch(other -> layers.values().stream().skip(1).anyMatch(l -> l.containsKey(other)));
  }

  /**
   * With the settings of the run to resume, which those of the other sources are then compared
   * with. The recipe of a preset is no source that the user has named, so the run's settings
   * override it.
   */
  private Map<String, Map<String, String>> withRun(Map<String, Map<String, String>> layers) {
    Map<String, String> values = new LinkedHashMap<>();
    layers.values().forEach(values::putAll);
    String out = values.getOrDefault(OUT, Setting.NONE);
    boolean resumes = readsRun && Boolean.parseBoolean(values.get(RESUME));
    if (!resumes || out.equals(Setting.NONE)) {
      return layers;
    }
    Map<String, Map<String, String>> all = new LinkedHashMap<>();
    if (preset != null) {
      all.putAll(layers);
      all.remove(OPTIONS);
    }
    all.put("run " + out, StoredSettings.read(Path.of(out), schema));
    layers.forEach(all::putIfAbsent);
    return all;
  }

  private Map<String, String> known(String source, Map<String, String> values) {
    schema.requireKnown(source, values);
    return values;
  }
}
