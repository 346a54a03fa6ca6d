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
      return spaced(basic);
    }
  },
  /** One space between words, lower case. */
  LOWER {
    @Override
    String clean(String basic) {
      return Characters.pythonLowerCase(spaced(basic));
    }
  },
  /** Underscores become spaces, ASCII punctuation is removed, lower case, one space. */
  CANONICALIZE {
    @Override
    String clean(String basic) {
      StringBuilder kept = new StringBuilder(basic.length());
      for (int i = 0; i < basic.length(); i++) {
        char c = basic.charAt(i);
        if (c == '_') {
          kept.append(' ');
        } else if (PUNCTUATION.indexOf(c) < 0) {
          kept.append(c);
        }
      }
      return spaced(Characters.pythonLowerCase(kept.toString()));
    }
  };

  private static final String PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

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

  private static String spaced(String text) {
    return Characters.strip(
        Characters.collapse(text, Characters::isPythonSpace), Characters::isPythonSpace);
  }
}
