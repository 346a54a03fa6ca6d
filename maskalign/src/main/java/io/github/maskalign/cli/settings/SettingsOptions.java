package io.github.maskalign.cli.settings;

import io.github.maskalign.config.Choice;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.IGetter;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;

/**
 * A program's settings on the command line: an option for each, and {@code --recipe}, {@code
 * --config} and {@code --print-config}. What is said later in this list counts: standard values,
 * recipe, file, options.
 *
 * @param <R> the record of settings
 * @since 0.1.0
 */
public final class SettingsOptions<R extends Record> {

  private static final String RECIPE = "recipe";
  private static final String CONFIG = "config";
  private static final String PRINT = "print-config";

  private final SettingsSchema<R> schema;
  private final String program;
  private final @Nullable Preset preset;
  private final Map<String, String> given = new LinkedHashMap<>();

  /** A recipe whose settings are fixed but for a few options. */
  private record Preset(String recipe, Set<String> options) {}

  private SettingsOptions(SettingsSchema<R> schema, String program, @Nullable Preset preset) {
    this.schema = schema;
    this.program = program;
    this.preset = preset;
  }

  /**
   * The options of a program.
   *
   * @param program whose section of a recipe counts
   */
  public static <R extends Record> SettingsOptions<R> of(Class<R> type, String program) {
    return new SettingsOptions<>(SettingsSchema.of(type), program, null);
  }

  /**
   * The options of a command that runs a program by one recipe and leaves only a few to choose. An
   * option that it lacks is refused with the command that has it.
   *
   * @param program whose section of the recipe counts
   * @param names of the options that remain, without dashes
   */
  public static <R extends Record> SettingsOptions<R> preset(
      Class<R> type, String program, String recipe, Set<String> names) {
    return new SettingsOptions<>(SettingsSchema.of(type), program, new Preset(recipe, names));
  }

  /** The settings themselves. */
  public SettingsSchema<R> schema() {
    return schema;
  }

  /** Adds all options to a command. */
  public void addTo(CommandSpec command) {
    if (preset != null) {
      addPreset(command, preset);
      return;
    }
    String recipes = String.join(", ", Recipes.names());
    command
        .addOption(
            option(RECIPE, "NAME", "Settings of a published recipe: " + recipes + ".").build())
        .addOption(
            option(CONFIG, "FILE", "Settings from a YAML or JSON file, as --print-config prints.")
                .build())
        .addOption(flag(PRINT, "Print the settings that result, for --config, and end."));
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
    groups.values().forEach(group -> command.addArgGroup(group.build()));
  }

  private void addPreset(CommandSpec command, Preset fixed) {
    Map<String, String> recipe = Recipes.find(fixed.recipe, program);
    for (SettingsSchema.Entry entry : schema.entries()) {
      String name = entry.name();
      command.addOption(
          fixed.options.contains(name)
              ? option(entry, recipe.getOrDefault(name, entry.standard()))
              : OptionSpec.builder("--" + name)
                  .type(String.class)
                  .hidden(true)
                  .setter(refusal(command, fixed.recipe, name))
                  .build());
    }
  }

  private ISetter refusal(CommandSpec command, String recipe, String name) {
    return new ISetter() {
      @Override
      public <T> T set(T value) {
        if (value == null) {
          return value;
        }
        throw new ParameterException(
            command.commandLine(),
            "%s has no --%s; use 'maskalign %s --recipe %s --%s %s'"
                .formatted(command.name(), name, program, recipe, name, value));
      }
    };
  }

  private OptionSpec option(SettingsSchema.Entry entry) {
    return option(entry, entry.standard());
  }

  private OptionSpec option(SettingsSchema.Entry entry, String standard) {
    String text = "%s (default: %s)".formatted(text(entry), standard);
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

  /** The sentence, with all words that can be chosen if there are few. */
  private static String text(SettingsSchema.Entry entry) {
    if (!entry.type().isEnum()) {
      return entry.text();
    }
    String words =
        Arrays.stream(entry.type().getEnumConstants())
            .map(c -> c instanceof Choice choice ? choice.word() : c.toString())
            .map(word -> word.toLowerCase(Locale.ROOT))
            .collect(Collectors.joining(", "));
    return entry.text().replaceAll("\\.$", "") + ": " + words;
  }

  private static String label(Class<?> type) {
    if (type == Path.class) {
      return "PATH";
    }
    return type.isPrimitive() || Number.class.isAssignableFrom(type) ? "N" : "WORD";
  }

  /** Whether the settings are to be printed and nothing else be done. */
  public boolean printRequested() {
    return Boolean.parseBoolean(given.get(PRINT));
  }

  /**
   * The settings of all sources together.
   *
   * @throws IllegalArgumentException if a source has an unknown key or a value that cannot be read
   */
  public R resolve() {
    Map<String, String> words = new LinkedHashMap<>();
    layers().values().forEach(words::putAll);
    return schema.build(words);
  }

  /** The settings that result as a YAML file that {@code --config} reads, with their sources. */
  public String print() {
    Map<String, Map<String, String>> layers = layers();
    StringBuilder text = new StringBuilder();
    schema
        .words(resolve())
        .forEach(
            (name, word) -> {
              String source = null;
              for (Map.Entry<String, Map<String, String>> layer : layers.entrySet()) {
                source = layer.getValue().containsKey(name) ? layer.getKey() : source;
              }
              text.append(SettingsFile.line(name, word, source)).append('\n');
            });
    return text.toString();
  }

  /** What each source says, by its name; later ones count. */
  private Map<String, Map<String, String>> layers() {
    Map<String, Map<String, String>> layers = new LinkedHashMap<>();
    String recipe = preset == null ? given.get(RECIPE) : preset.recipe;
    if (recipe != null) {
      layers.put("recipe " + recipe, known("recipe " + recipe, Recipes.find(recipe, program)));
    }
    String file = given.get(CONFIG);
    if (file != null) {
      layers.put(file, known(file, SettingsFile.read(Path.of(file))));
    }
    Map<String, String> options = new LinkedHashMap<>(given);
    options.keySet().retainAll(schema.entries().stream().map(SettingsSchema.Entry::name).toList());
    layers.put("option", options);
    return layers;
  }

  private Map<String, String> known(String source, Map<String, String> words) {
    for (String name : words.keySet()) {
      if (!schema.has(name)) {
        throw new IllegalArgumentException(
            "%s: '%s' is not a setting of %s; is '%s' meant?"
                .formatted(source, name, program, schema.nearest(name)));
      }
    }
    return words;
  }
}
