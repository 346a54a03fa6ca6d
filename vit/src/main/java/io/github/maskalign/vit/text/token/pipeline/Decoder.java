package io.github.maskalign.vit.text.token.pipeline;

import io.github.maskalign.vit.text.token.model.ByteSymbols;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** tokens -> parts of the text. Thread-safe. */
@FunctionalInterface
public interface Decoder {

  /** Decodes tokens; the parts together are the text. */
  List<String> apply(List<String> tokens);

  /** Tokens with spaces between them. */
  static Decoder spaced() {
    return tokens -> List.of(String.join(" ", tokens));
  }

  /** One after another. */
  static Decoder sequence(List<Decoder> steps) {
    List<Decoder> all = List.copyOf(steps);
    return tokens -> {
      List<String> result = tokens;
      for (Decoder step : all) {
        result = step.apply(result);
      }
      return result;
    };
  }

  /** Symbols of bytes. */
  static Decoder byteLevel() {
    return tokens -> List.of(ByteSymbols.decode(tokens));
  }

  /** Replaces a text in each token. */
  static Decoder replace(String pattern, String content) {
    return tokens -> tokens.stream().map(token -> token.replace(pattern, content)).toList();
  }

  /** Tokens as one part. */
  static Decoder fuse() {
    return tokens -> List.of(String.join("", tokens));
  }

  /** Strips up to some occurrences of a character from both ends of each token. */
  static Decoder strip(String content, int start, int stop) {
    return tokens ->
        tokens.stream()
            .map(
                token -> {
                  String rest = token;
                  for (int i = 0; i < start && rest.startsWith(content); i++) {
                    rest = rest.substring(content.length());
                  }
                  for (int i = 0; i < stop && rest.endsWith(content); i++) {
                    rest = rest.substring(0, rest.length() - content.length());
                  }
                  return rest;
                })
            .toList();
  }

  /** The replacement of spaces, which vanishes in the first token. */
  static Decoder metaspace(String replacement, PreTokenizer.Prepend prepend) {
    String first = prepend == PreTokenizer.Prepend.NEVER ? " " : "";
    return tokens ->
        IntStream.range(0, tokens.size())
            .mapToObj(i -> tokens.get(i).replace(replacement, i == 0 ? first : " "))
            .toList();
  }

  /** Word pieces: a continuation joins, others get a space. */
  static Decoder wordPiece(String prefix, boolean cleanUp) {
    return tokens ->
        IntStream.range(0, tokens.size())
            .mapToObj(
                i -> {
                  String token = tokens.get(i);
                  if (i > 0) {
                    token =
                        token.startsWith(prefix) ? token.substring(prefix.length()) : " " + token;
                  }
                  return cleanUp ? cleanUp(token.replace(" do not", " don't")) : token;
                })
            .toList();
  }

  /** Removes spaces in front of punctuation and English contractions. */
  static String cleanUp(String text) {
    return text.replace(" .", ".")
        .replace(" ?", "?")
        .replace(" !", "!")
        .replace(" ,", ",")
        .replace(" ' ", "'")
        .replace(" n't", "n't")
        .replace(" 'm", "'m")
        .replace(" 's", "'s")
        .replace(" 've", "'ve")
        .replace(" 're", "'re");
  }

  /** Runs of bytes, as {@code <0xE2>}; those that are no UTF-8 become U+FFFD each. */
  static Decoder byteFallback() {
    return tokens -> {
      List<String> parts = new ArrayList<>();
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      for (String token : tokens) {
        int value = byteOf(token);
        if (value >= 0) {
          bytes.write(value);
        } else {
          flush(bytes, parts);
          parts.add(token);
        }
      }
      flush(bytes, parts);
      return parts;
    };
  }

  private static int byteOf(String token) {
    if (token.length() != 6 || !token.startsWith("<0x") || !token.endsWith(">")) {
      return -1;
    }
    int high = Character.digit(token.charAt(3), 16);
    int low = Character.digit(token.charAt(4), 16);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
  }

  private static void flush(ByteArrayOutputStream bytes, List<String> parts) {
    if (bytes.size() == 0) {
      return;
    }
    try {
      parts.add(
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(bytes.toByteArray()))
              .toString());
    } catch (CharacterCodingException e) {
      parts.add("\ufffd".repeat(bytes.size()));
    }
    bytes.reset();
  }
}
