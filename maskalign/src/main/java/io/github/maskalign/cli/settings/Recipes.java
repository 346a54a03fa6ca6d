package io.github.maskalign.cli.settings;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.ArgumentException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/**
 * Named sets of settings, each a resource {@code recipes/NAME.yaml} with one section per command.
 *
 * @since 0.1.0
 */
public final class Recipes {

  private static final String DESCRIPTION = "description";
  private static final List<String> NAMES =
      List.of("official-b", "official-l", "cifar", "cifar-96", "tiny");

  private Recipes() {}

  /** The names of all recipes. */
  public static List<String> names() {
    return NAMES;
  }

  /** The description of a recipe, in one line. */
  public static String description(String name) {
    return tree(name).path(DESCRIPTION).asText();
  }

  /**
   * The settings of a recipe for a command.
   *
   * @throws ArgumentException if the recipe does not exist, or not for this command
   */
  public static Map<String, String> find(String name, String command) {
    if (!NAMES.contains(name)) {
      throw new ArgumentException(
          "--recipe: unknown recipe '" + name + "'; choose one of " + String.join(", ", NAMES));
    }
    JsonNode section = tree(name).path(command);
    if (section.isMissingNode()) {
      throw new ArgumentException(
          "--recipe: %s has no settings for %s (%s)".formatted(name, command, description(name)));
    }
    return SettingsFile.values("recipe " + name, section);
  }

  private static JsonNode tree(String name) {
    try (InputStream in = Recipes.class.getResourceAsStream("recipes/" + name + ".yaml")) {
      if (in == null) {
        throw new IllegalStateException("missing resource: recipe " + name);
      }
      return SettingsFile.tree(name, in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
