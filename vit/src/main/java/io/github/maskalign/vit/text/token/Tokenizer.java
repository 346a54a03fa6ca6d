package io.github.maskalign.vit.text.token;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * text -> token ids, with the special tokens that its network expects. {@link Tokenizers} reads one
 * from a folder. Thread-safe.
 *
 * @since 0.1.0
 */
public interface Tokenizer {

  /**
   * The tokens of a text.
   *
   * @param ids token ids, special tokens included
   * @param dropped number of tokens of the text that were truncated
   * @since 0.1.0
   */
  record Encoding(int[] ids, int dropped) {}

  /**
   * All tokens of a text, special tokens included.
   *
   * @throws io.github.maskalign.tensor.error.ArgumentException if the text has a lone surrogate,
   *     unless the library repairs such texts
   */
  int[] encode(String text);

  /**
   * The tokens of a text, truncated so that special tokens remain.
   *
   * @param limit maximum number of tokens, special tokens included
   * @throws io.github.maskalign.tensor.error.ArgumentException as {@link #encode(String)}, or if
   *     not even the special tokens fit
   */
  Encoding encode(String text, int limit);

  /**
   * B texts -> ids [B, length], truncated and padded on the sides that the files say.
   *
   * @throws io.github.maskalign.tensor.error.ArgumentException as {@link #encode(String, int)}, or
   *     if the files name no padding token
   */
  TokenBatch encode(List<String> texts, int length);

  /**
   * The text of tokens.
   *
   * @param skipSpecial whether to leave out special tokens
   * @throws io.github.maskalign.tensor.error.ArgumentException if there is no such token
   */
  String decode(int[] ids, boolean skipSpecial);

  /** The token with an id, as the vocabulary writes it; null if there is none. */
  @Nullable String token(int id);

  /** One more than the highest id. */
  int size();

  /** What the files say beside the tokens. */
  TokenizerSettings settings();

  /** The text that is tokenized after cleaning. OpenCLIP cleans texts, transformers does not. */
  default String clean(String text) {
    return text;
  }
}
