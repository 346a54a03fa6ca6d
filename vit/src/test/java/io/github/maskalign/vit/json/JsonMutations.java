package io.github.maskalign.vit.json;

import io.github.maskalign.tensor.random.Philox;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/** Mutations of whole values, which byte by byte are rare. */
public final class JsonMutations {

  /** Pieces of JSON that are likely to break a reader. */
  public static final String[] TOKENS = {
    "2147483647",
    "-1",
    "1e308",
    "null",
    "0",
    "{",
    "}",
    "[",
    "]",
    "\"",
    ",",
    ":",
    "\\ud800",
    "\\u001b",
    "true",
    "1.5",
    "{}",
    "[[[["
  };

  private static final List<String> VALUES =
      List.of(
          "2147483647",
          "2147483648",
          "1073741824",
          "1000000000",
          "1000000",
          "-1",
          "-2147483648",
          "0",
          "1",
          "1e308",
          "1e-320",
          "-0.0",
          "1.5",
          "null",
          "true",
          "\"8\"",
          "[]",
          "[8, 8]",
          "[1, 2]",
          "{}",
          "9".repeat(300));

  private static final Pattern NUMBER = Pattern.compile("-?\\d+(\\.\\d+)?");

  private JsonMutations() {}

  /** Also replaces one or two numbers, in two of three mutations; others stay. */
  public static byte[] withNumbers(byte[] json, String name) {
    int dash = name.indexOf('-');
    if (dash < 0) {
      return json;
    }
    Philox draws = Philox.of(11).at(Long.parseLong(name.substring(dash + 1)));
    String text = new String(json, StandardCharsets.ISO_8859_1);
    for (int i = 0; i < draws.below(0, 3); i++) {
      List<MatchResult> numbers = NUMBER.matcher(text).results().toList();
      if (!numbers.isEmpty()) {
        MatchResult number = numbers.get(draws.below(1 + 2 * i, numbers.size()));
        String value = VALUES.get(draws.below(2 + 2 * i, VALUES.size()));
        text = text.substring(0, number.start()) + value + text.substring(number.end());
      }
    }
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
