package io.github.maskalign.tensor.io;

import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Patterns for names: {@code *} matches any text and {@code ?} one character.
 *
 * @since 0.1.0
 */
public final class Glob {

  private Glob() {}

  /** Compiles a pattern. Unlike in a shell, the star also matches slashes: {@code *drop_path*}. */
  public static Predicate<String> of(String glob) {
    StringBuilder regex = new StringBuilder();
    for (char c : glob.toCharArray()) {
      regex.append(
          switch (c) {
            case '*' -> ".*";
            case '?' -> ".";
            default -> Pattern.quote(String.valueOf(c));
          });
    }
    return Pattern.compile(regex.toString()).asMatchPredicate();
  }
}
