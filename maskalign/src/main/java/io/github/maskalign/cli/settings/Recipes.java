package io.github.maskalign.cli.settings;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/**
 * Named sets of settings, each a resource {@code recipes/NAME.yaml} with a section for each program
 * that it is for.
 *
 * @since 0.1.0
 */
public final class Recipes {

  private static final String DESCRIPTION = "description";
  private static final List<String> NAMES = List.of("official-b", "official-l", "cifar", "tiny");

  private Recipes() {}

  /** The names of all recipes. */
  public static List<String> names() {
    return NAMES;
  }

  /** What a recipe is for, in a line. */
  public static String description(String name) {
    return tree(name).path(DESCRIPTION).asText();
  }

  /**
   * What a recipe sets of a program.
   *
   * @throws IllegalArgumentException if there is no such recipe, or it is not for this program
   */
  public static Map<String, String> find(String name, String program) {
    if (!NAMES.contains(name)) {
      throw new IllegalArgumentException(
          "--recipe: '" + name + "' is not known; choose one of " + String.join(", ", NAMES));
    }
    JsonNode section = tree(name).path(program);
    if (section.isMissingNode()) {
      throw new IllegalArgumentException(
          "--recipe: " + name + " says nothing about " + program + ": " + description(name));
    }
    return SettingsFile.words("recipe " + name, section);
  }

  private static JsonNode tree(String name) {
    try (InputStream in = Recipes.class.getResourceAsStream("recipes/" + name + ".yaml")) {
      if (in == null) {
        throw new IllegalStateException("this build lacks its recipe " + name);
      }
      return SettingsFile.tree(name, in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
