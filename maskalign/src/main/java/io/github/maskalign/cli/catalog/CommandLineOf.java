package io.github.maskalign.cli.catalog;

import io.github.maskalign.cli.settings.Recipes;
import io.github.maskalign.cli.settings.RunCommand;
import io.github.maskalign.cli.settings.Setting;
import io.github.maskalign.cli.settings.SettingsSchema;
import io.github.maskalign.cli.settings.groups.FinetuneSettings;
import io.github.maskalign.cli.settings.groups.PretrainSettings;
import io.github.maskalign.cli.settings.groups.ProbeSettings;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The command that starts a run with the settings that its folder stores. */
final class CommandLineOf {

  private static final String COMMAND = "command";
  private static final String TINY = "pretrain-tiny";

  private CommandLineOf() {}

  /** Names only the settings that differ from their defaults; null if it is an unknown command. */
  static @Nullable String settings(Map<String, String> stored) {
    if (stored.containsKey("maskRatio")) {
      return start(TINY) + " --seed=" + stored.getOrDefault("seed", "0");
    }
    String command = stored.getOrDefault(COMMAND, guessed(stored));
    return switch (command) {
      case "pretrain" -> line(command, SettingsSchema.of(PretrainSettings.class), stored, Map.of());
      case TINY ->
          line(
              command,
              SettingsSchema.of(PretrainSettings.class),
              stored,
              Recipes.find("tiny", "pretrain"));
      case "finetune" -> line(command, SettingsSchema.of(FinetuneSettings.class), stored, Map.of());
      case "probe" -> line(command, SettingsSchema.of(ProbeSettings.class), stored, Map.of());
      default -> null;
    };
  }

  /** Earlier versions did not store the command. */
  private static String guessed(Map<String, String> stored) {
    if (stored.containsKey("mask-ratio")) {
      return "pretrain";
    }
    return stored.containsKey("layer-decay")
        ? "finetune"
        : stored.containsKey("pool") ? "probe" : "";
  }

  private static String start(String command) {
    return "bin/maskalign " + command;
  }

  private static String line(
      String command,
      SettingsSchema<?> schema,
      Map<String, String> stored,
      Map<String, String> recipe) {
    Map<String, String> values = schema.renamed(stored);
    StringBuilder line = new StringBuilder(start(command));
    for (SettingsSchema.Entry entry : schema.entries()) {
      String name = entry.name();
      String standard = recipe.getOrDefault(name, entry.defaultValue());
      String value = values.getOrDefault(name, standard);
      if (!same(value, standard) && !name.equals("resume")) {
        line.append(" --").append(name).append('=').append(RunCommand.quoted(value));
      }
    }
    return line.toString();
  }

  private static boolean same(String value, String standard) {
    if (value.equals(standard)) {
      return true;
    }
    try {
      return !standard.equals(Setting.NONE)
          && Double.parseDouble(value) == Double.parseDouble(standard);
    } catch (NumberFormatException e) {
      return false;
    }
  }
}
