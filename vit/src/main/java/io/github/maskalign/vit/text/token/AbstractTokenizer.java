package io.github.maskalign.vit.text.token;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.vit.text.token.TokenizerSettings.Side;
import java.util.Arrays;
import java.util.List;

/** Truncation and padding, which all tokenizers share. */
abstract class AbstractTokenizer implements Tokenizer {

  private final TokenizerSettings settings;

  AbstractTokenizer(TokenizerSettings settings) {
    this.settings = settings;
  }

  /** The tokens of a text without those around it. */
  abstract int[] content(String text);

  /** Adds the special tokens around a text. */
  abstract int[] finish(int[] content);

  /** Maximum number of special tokens around a text. */
  abstract int overhead();

  @Override
  public final TokenizerSettings settings() {
    return settings;
  }

  @Override
  public int[] encode(String text) {
    return finish(content(text));
  }

  @Override
  public Encoding encode(String text, int limit) {
    if (limit < Math.max(1, overhead())) {
      throw new ArgumentException(
          "tokenizer: at most %d tokens requested; special tokens alone need %d"
              .formatted(limit, overhead()));
    }
    int[] content = content(text);
    int max = limit - overhead();
    int dropped = Math.max(0, content.length - max);
    int from = settings.truncationSide() == Side.LEFT ? dropped : 0;
    int[] kept = Arrays.copyOfRange(content, from, from + content.length - dropped);
    return new Encoding(finish(kept), dropped);
  }

  @Override
  public TokenBatch encode(List<String> texts, int length) {
    int padding =
        settings
            .padding()
            .orElseThrow(
                () ->
                    new ArgumentException(
                        "tokenizer: its files name no padding token, which batches require"));
    TokenBatch batch = TokenBatch.empty(texts.size(), length);
    for (int row = 0; row < texts.size(); row++) {
      batch.set(row, encode(texts.get(row), length).ids(), padding, settings.paddingSide());
    }
    return batch;
  }

  /** The token with an id, which must be there. */
  final String requireToken(int id) {
    String token = token(id);
    if (token == null) {
      throw new ArgumentException("tokenizer: there is no token with the id " + id);
    }
    return token;
  }

  /** Requires pairs of surrogates to be complete: the libraries refuse other texts. */
  static void requireCharacters(String text) {
    for (int at = 0; at < text.length(); at++) {
      if (Character.isHighSurrogate(text.charAt(at))
          && at + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(at + 1))) {
        at++;
      } else if (Character.isSurrogate(text.charAt(at))) {
        throw new ArgumentException(
            "tokenizer: the text has a lone surrogate, U+%04X, at %d; expected complete characters"
                .formatted((int) text.charAt(at), at));
      }
    }
  }
}
