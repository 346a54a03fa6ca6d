package io.github.maskalign.cli.compare;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What is compared: settings that differ from the base, by the variant's name.
 *
 * @since 0.1.0
 */
public final class Variants {

  /** The name of the base itself. */
  public static final String BASE = "base";

  private Variants() {}

  /**
   * Variants that differ from the base by one setting each; the base alone if nothing is varied.
   *
   * @param axes such as {@code mask-ratio=0,0.5,0.7}
   * @throws IllegalArgumentException if one has another form, or a value comes twice
   */
  public static Map<String, Map<String, String>> of(List<String> axes) {
    Map<String, Map<String, String>> variants = new LinkedHashMap<>();
    for (String axis : axes) {
      int at = axis.indexOf('=');
      if (at < 1 || at == axis.length() - 1) {
        throw new IllegalArgumentException(
            "--vary: '%s' is not of the form SETTING=VALUE,VALUE".formatted(axis));
      }
      String setting = axis.substring(0, at).strip();
      for (String value : values(axis.substring(at + 1))) {
        if (variants.put(setting + "=" + value, Map.of(setting, value)) != null) {
          throw new IllegalArgumentException(
              "--vary: %s=%s is there twice".formatted(setting, value));
        }
      }
    }
    return variants.isEmpty() ? Map.of(BASE, Map.of()) : variants;
  }

  private static List<String> values(String list) {
    List<String> values = new ArrayList<>();
    for (String value : list.split(",", -1)) {
      if (value.isBlank()) {
        throw new IllegalArgumentException("--vary: an empty value in '" + list + "'");
      }
      values.add(value.strip());
    }
    return values;
  }

  /** A folder's name for a trial: its letters, digits, dots and signs, others as {@code _}. */
  public static String folder(String variant, long seed) {
    return variant.replaceAll("[^A-Za-z0-9.=+-]", "_") + "-seed" + seed;
  }
}
