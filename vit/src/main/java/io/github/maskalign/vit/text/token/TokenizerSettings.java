package io.github.maskalign.vit.text.token;

import java.util.OptionalInt;

/**
 * What the files of a tokenizer say beside its tokens.
 *
 * @param padding id of the padding token
 * @param end id of the token at the end of each text
 * @param paddingSide where padding goes
 * @param truncationSide where a text that is too long is cut
 * @param maxLength maximum number of tokens, special tokens included; {@link Integer#MAX_VALUE} if
 *     the files name none
 * @param attentionMask whether the network expects a mask of the tokens that are not padding
 * @since 0.1.0
 */
public record TokenizerSettings(
    OptionalInt padding,
    OptionalInt end,
    Side paddingSide,
    Side truncationSide,
    int maxLength,
    boolean attentionMask) {

  /**
   * An end of a text.
   *
   * @since 0.1.0
   */
  public enum Side {
    /** The start. */
    LEFT,
    /** The end. */
    RIGHT
  }

  /** As OpenCLIP uses a tokenizer of transformers: its ids alone, up to a context of its own. */
  TokenizerSettings openClip(int context) {
    return new TokenizerSettings(padding, end, paddingSide, truncationSide, context, false);
  }
}
