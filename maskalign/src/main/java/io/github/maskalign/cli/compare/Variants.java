package io.github.maskalign.cli.compare;

import io.github.maskalign.cli.settings.SettingsSchema;
import io.github.maskalign.tensor.error.ArgumentException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The variants of a comparison: settings that differ from the base, by variant name.
 *
 * @since 0.1.0
 */
public final class Variants {

  /** The name of the base itself. */
  public static final String BASE = "base";

  private Variants() {}

  /**
   * Variants that each differ from the base in one setting; the base alone without axes.
   *
   * @param axes such as {@code mask-ratio=0,0.5,0.7}
   * @throws ArgumentException if an axis is malformed, or a value is repeated
   */
  public static Map<String, Map<String, String>> of(List<String> axes) {
    Map<String, Map<String, String>> variants = new LinkedHashMap<>();
    for (String axis : axes) {
      int at = axis.indexOf('=');
      if (at < 1 || at == axis.length() - 1) {
        throw new ArgumentException(
            "--vary: expected SETTING=VALUE,VALUE, got '%s'".formatted(axis));
      }
      String setting = axis.substring(0, at).strip();
      for (String value : values(axis.substring(at + 1))) {
        if (variants.put(setting + "=" + value, Map.of(setting, value)) != null) {
          throw new ArgumentException("--vary: %s=%s is repeated".formatted(setting, value));
        }
      }
    }
    return variants.isEmpty() ? Map.of(BASE, Map.of()) : variants;
  }

  private static List<String> values(String list) {
    List<String> values = new ArrayList<>();
    for (String value : list.split(",", -1)) {
      if (value.isBlank()) {
        throw new ArgumentException("--vary: empty value in '" + list + "'");
      }
      values.add(value.strip());
    }
    return values;
  }

  /** The present name of a variant that an earlier version may have stored. */
  static String renamed(String variant, SettingsSchema<?> schema) {
    int at = variant.indexOf('=');
    String setting = at < 0 ? "" : variant.substring(0, at);
    String now = schema.formerNames().get(setting);
    return now == null ? variant : now + variant.substring(at);
  }

  /** The folder name of a trial, with characters unsafe in file names replaced by {@code _}. */
  public static String folder(String variant, long seed) {
    return variant.replaceAll("[^A-Za-z0-9.=+-]", "_") + "-seed" + seed;
  }
}
