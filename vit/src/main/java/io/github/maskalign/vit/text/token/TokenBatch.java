package io.github.maskalign.vit.text.token;

import java.util.Arrays;

/**
 * The tokens of texts, all of one length.
 *
 * @param ids token ids [B, length]
 * @param mask 1 for tokens of the text, 0 for padding [B, length]
 * @since 0.1.0
 */
public record TokenBatch(int[][] ids, byte[][] mask) {

  /** Places a row in the batch; the rest of the row is padding. */
  void set(int row, int[] tokens, int padding, TokenizerSettings.Side side) {
    int length = ids[row].length;
    int from = side == TokenizerSettings.Side.LEFT ? length - tokens.length : 0;
    Arrays.fill(ids[row], padding);
    System.arraycopy(tokens, 0, ids[row], from, tokens.length);
    Arrays.fill(mask[row], from, from + tokens.length, (byte) 1);
  }

  static TokenBatch empty(int rows, int length) {
    return new TokenBatch(new int[rows][length], new byte[rows][length]);
  }
}
