package io.github.maskalign.vit.weights.family.text;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.text.TextConfig;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a library saves and configures a kind of text tower. */
public interface TextFamily {

  /** All families, in order of precedence. */
  static List<TextFamily> all() {
    return List.of(new SiglipText(), new ClipText(), new MetaClip2Text(), new OpenClipText());
  }

  /** A description for messages. */
  String title();

  /** Whether its texts are cleaned and tokenized as OpenCLIP does. */
  default boolean openClip() {
    return false;
  }

  /** The tables of names in its files, in order of precedence. */
  List<TextNames> names();

  /** Whether a configuration is one of this family. */
  boolean configuredBy(JsonNode json);

  /**
   * The configuration of a tower.
   *
   * @param json a configuration of this family; null if there is none, for what most have
   * @param facts what the weights tell
   * @throws FormatException if a value is invalid or not supported, or differs from the weights
   */
  TextConfig config(@Nullable JsonNode json, TextFacts facts);
}
