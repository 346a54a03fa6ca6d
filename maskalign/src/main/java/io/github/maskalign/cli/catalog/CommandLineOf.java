package io.github.maskalign.cli.catalog;

import io.github.maskalign.cli.settings.Setting;
import io.github.maskalign.cli.settings.SettingsSchema;
import io.github.maskalign.cli.settings.groups.FinetuneSettings;
import io.github.maskalign.cli.settings.groups.PretrainSettings;
import io.github.maskalign.cli.settings.groups.ProbeSettings;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The command that starts a run with the settings that its folder stores. */
final class CommandLineOf {

  private CommandLineOf() {}

  /** Names only the settings that differ from their defaults; null if it is an unknown command. */
  static @Nullable String settings(Map<String, String> stored) {
    if (stored.containsKey("maskRatio")) {
      return "maskalign pretrain-tiny --seed=" + stored.getOrDefault("seed", "0");
    }
    if (stored.containsKey("mask-ratio")) {
      return line("pretrain", SettingsSchema.of(PretrainSettings.class), stored);
    }
    if (stored.containsKey("layer-decay")) {
      return line("finetune", SettingsSchema.of(FinetuneSettings.class), stored);
    }
    return stored.containsKey("pool")
        ? line("probe", SettingsSchema.of(ProbeSettings.class), stored)
        : null;
  }

  private static String line(String command, SettingsSchema<?> schema, Map<String, String> stored) {
    Map<String, String> values = schema.renamed(stored);
    StringBuilder line = new StringBuilder("maskalign ").append(command);
    for (SettingsSchema.Entry entry : schema.entries()) {
      String value = values.getOrDefault(entry.name(), entry.defaultValue());
      if (!same(value, entry.defaultValue()) && !entry.name().equals("resume")) {
        line.append(" --").append(entry.name()).append('=').append(quoted(value));
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

  /** As a shell reads it. */
  private static String quoted(String value) {
    return value.matches("[A-Za-z0-9_./,:=+@%-]+")
        ? value
        : "'" + value.replace("'", "'\\''") + "'";
  }
}
