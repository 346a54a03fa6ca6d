package io.github.maskalign.vit.text.token;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.text.token.clean.HtmlEntities;
import io.github.maskalign.vit.text.token.clean.TextRepair;
import io.github.maskalign.vit.text.token.pipeline.Characters;

/**
 * What OpenCLIP does to a text first. Each repairs it and unescapes HTML twice.
 *
 * @since 0.1.0
 */
public enum Cleaning {
  /** One space between words. */
  WHITESPACE {
    @Override
    String clean(String basic) {
      return Characters.pythonWords(basic);
    }
  },
  /** One space between words, lower case. */
  LOWER {
    @Override
    String clean(String basic) {
      return Characters.pythonLowerCase(Characters.pythonWords(basic));
    }
  },
  /** Underscores become spaces, ASCII punctuation is removed, lower case, one space. */
  CANONICALIZE {
    @Override
    String clean(String basic) {
      String kept = Characters.withoutPunctuation(basic.replace('_', ' '));
      return Characters.pythonWords(Characters.pythonLowerCase(kept));
    }
  };

  /**
   * The cleaning with a name.
   *
   * @throws FormatException if there is none
   */
  public static Cleaning of(String name) {
    return switch (name) {
      case "whitespace" -> WHITESPACE;
      case "lower" -> LOWER;
      case "canonicalize" -> CANONICALIZE;
      default ->
          throw new FormatException(
              "clean '%s'; expected whitespace, lower or canonicalize".formatted(name));
    };
  }

  /** Cleans a text. */
  public String apply(String text) {
    String repaired = TextRepair.repair(text);
    String unescaped = HtmlEntities.unescape(HtmlEntities.unescape(repaired));
    return clean(Characters.strip(unescaped, Characters::isPythonSpace));
  }

  abstract String clean(String basic);
}
