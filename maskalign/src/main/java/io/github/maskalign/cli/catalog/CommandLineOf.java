package io.github.maskalign.cli.catalog;

import io.github.maskalign.cli.settings.Recipes;
import io.github.maskalign.cli.settings.RunCommand;
import io.github.maskalign.cli.settings.Setting;
import io.github.maskalign.cli.settings.SettingsSchema;
import io.github.maskalign.cli.settings.StoredSettings;
import io.github.maskalign.cli.settings.groups.FinetuneSettings;
import io.github.maskalign.cli.settings.groups.PretrainSettings;
import io.github.maskalign.cli.settings.groups.ProbeSettings;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The command that starts a run with the settings that its folder stores. */
final class CommandLineOf {

  private CommandLineOf() {}

  /** Names only the settings that differ from their defaults; null if it is an unknown command. */
  static @Nullable String settings(StoredSettings stored) {
    return switch (stored.command()) {
      case "pretrain" -> line(stored, PretrainSettings.class, Map.of());
      case "pretrain-tiny" ->
          line(stored, PretrainSettings.class, Recipes.find("tiny", "pretrain"));
      case "finetune" -> line(stored, FinetuneSettings.class, Map.of());
      case "probe" -> line(stored, ProbeSettings.class, Map.of());
      default -> null;
    };
  }

  private static <R extends Record> String line(
      StoredSettings stored, Class<R> type, Map<String, String> recipe) {
    SettingsSchema<R> schema = SettingsSchema.of(type);
    Map<String, String> values = stored.values(schema);
    StringBuilder line = new StringBuilder("bin/maskalign ").append(stored.command());
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
