package io.github.maskalign.vit.text;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * text -> tokens, as CLIP's tokenizer of Hugging Face does: composed (NFC), in lower case, cut into
 * words, single digits and runs of other signs, and each of these into byte pairs. White space only
 * separates. OpenAI's own code also mends wrongly decoded text and HTML entities beforehand; this
 * does not. Safe for any number of threads.
 *
 * @since 0.1.0
 */
public final class Tokenizer {

  /**
   * A text as tokens.
   *
   * @param ids start, the text, end
   * @param dropped how many tokens of the text did not fit and were left out before the end
   * @since 0.1.0
   */
  public record Encoding(int[] ids, int dropped) {}

  /** Start and end are taken out of a text before it is cut into words. */
  private static final String SPECIAL = "<\\|startoftext\\|>|<\\|endoftext\\|>";

  private static final Pattern PIECES =
      Pattern.compile(
          SPECIAL
              + "|'s|'t|'re|'ve|'m|'ll|'d|\\p{L}+|\\p{N}|(?:(?!"
              + SPECIAL
              + ")[^\\s\\p{L}\\p{N}])+",
          Pattern.UNICODE_CHARACTER_CLASS);

  private final Vocabulary vocabulary;
  private final int context;

  /**
   * With a vocabulary.
   *
   * @param context places of a text, start and end included: 77 for CLIP
   */
  public Tokenizer(Vocabulary vocabulary, int context) {
    if (context < 2) {
      throw new IllegalArgumentException(
          "tokenizer: " + context + " places do not hold start and end");
    }
    this.vocabulary = vocabulary;
    this.context = context;
  }

  /** Places of a text, start and end included. */
  public int context() {
    return context;
  }

  /** The vocabulary. */
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  /** The tokens of a text: start, as many of its own as there are places for, end. */
  public Encoding encode(String text) {
    int[] ids = new int[context];
    ids[0] = vocabulary.start();
    int count = 1;
    int dropped = 0;
    Matcher pieces = PIECES.matcher(lowerCase(Normalizer.normalize(text, Normalizer.Form.NFC)));
    while (pieces.find()) {
      for (int id : tokens(pieces.group())) {
        if (count < context - 1) {
          ids[count++] = id;
        } else {
          dropped++;
        }
      }
    }
    ids[count++] = vocabulary.end();
    return new Encoding(Arrays.copyOf(ids, count), dropped);
  }

  private int[] tokens(String piece) {
    return switch (piece) {
      case Vocabulary.START -> new int[] {vocabulary.start()};
      case Vocabulary.END -> new int[] {vocabulary.end()};
      default -> BytePairs.encode(vocabulary, piece.getBytes(StandardCharsets.UTF_8));
    };
  }

  /** Each character by itself: a sigma at the end of a word becomes the same as any other. */
  private static String lowerCase(String text) {
    int[] lower =
        text.codePoints()
            .flatMap(
                point ->
                    Character.toLowerCase(point) == point
                        ? IntStream.of(point)
                        : Character.toString(point).toLowerCase(Locale.ROOT).codePoints())
            .toArray();
    return new String(lower, 0, lower.length);
  }
}
