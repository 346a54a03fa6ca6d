package io.github.maskalign.vit.text;

import io.github.maskalign.tensor.error.ArgumentException;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.Arrays;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * text -> tokens, as in Hugging Face's tokenizer for CLIP: normalized (NFC), lower-cased, split
 * into words, single digits and runs of other characters, each encoded by byte pairs. White space
 * only separates. OpenAI's code also repairs wrongly decoded text and HTML entities first; this
 * tokenizer does not. Thread-safe.
 *
 * @since 0.1.0
 */
public final class Tokenizer {

  /**
   * The tokens of a text.
   *
   * @param ids token ids: start, the text, end
   * @param dropped number of tokens of the text that were truncated
   * @since 0.1.0
   */
  public record Encoding(int[] ids, int dropped) {}

  /** Special tokens are matched before a text is split into words. */
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
   * Creates a tokenizer.
   *
   * @param context maximum number of tokens, start and end included: 77 for CLIP
   */
  public Tokenizer(Vocabulary vocabulary, int context) {
    if (context < 2) {
      throw new ArgumentException(
          "tokenizer: " + context + "; it must be at least 2, for the start and end tokens");
    }
    this.vocabulary = vocabulary;
    this.context = context;
  }

  /** Maximum number of tokens, start and end included. */
  public int context() {
    return context;
  }

  /** The vocabulary. */
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  /** Encodes a text: start, as many of its tokens as fit, end. */
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

  /**
   * Character by character: a final sigma becomes the same as any other, as in Python's tokenizer.
   */
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
