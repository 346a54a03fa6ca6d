package io.github.maskalign.tensor.io;

import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Names by pattern: {@code *} is any text and {@code ?} one letter.
 *
 * @since 0.1.0
 */
public final class Glob {

  private Glob() {}

  /** Whether a name fits. Unlike a shell's, the star spans slashes: {@code *drop_path*}. */
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
