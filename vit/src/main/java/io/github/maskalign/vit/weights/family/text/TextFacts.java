package io.github.maskalign.vit.weights.family.text;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.Activation;
import io.github.maskalign.vit.BlockConfig;
import io.github.maskalign.vit.text.TextConfig;
import io.github.maskalign.vit.text.TextPooling;
import io.github.maskalign.vit.weights.config.Fields;
import org.jspecify.annotations.Nullable;

/**
 * What the weights of a text tower tell about it.
 *
 * @param vocabulary number of token embeddings
 * @param positions number of position embeddings
 * @param width length of a token
 * @param depth number of blocks
 * @param mlpWidth hidden length of the blocks' MLPs
 * @param heads attention heads, the usual number for this width
 * @param layerScale whether branches are scaled
 * @param classToken whether there is a learned token besides the vocabulary
 * @param projection the last layer; null if there is none
 */
public record TextFacts(
    int vocabulary,
    int positions,
    int width,
    int depth,
    int mlpWidth,
    int heads,
    boolean layerScale,
    boolean classToken,
    TextConfig.@Nullable Projection projection) {

  /** The start value of layer scale; loading replaces it. */
  private static final double LAYER_SCALE = 1e-5;

  /** Blocks of this size. */
  BlockConfig blocks(int heads, Activation activation, double eps) {
    return new BlockConfig(
        width,
        depth,
        heads,
        (double) mlpWidth / width,
        activation,
        eps,
        layerScale ? LAYER_SCALE : 0);
  }

  /** Length of an embedding. */
  int length() {
    return projection == null ? width : projection.length();
  }

  /** The usual blocks, without a configuration. */
  BlockConfig blocks(Activation activation, double eps) {
    return blocks(heads, activation, eps);
  }

  /**
   * The first position of a token. Libraries take position 0 of a text without it, so 0 where it is
   * not in the vocabulary.
   */
  TextPooling firstOf(int token) {
    return token < vocabulary ? new TextPooling.FirstOf(token) : new TextPooling.First();
  }

  /**
   * Requires that a size in a configuration is that of the weights.
   *
   * @param absent the library's value for an absent key
   * @throws FormatException naming both
   */
  static void require(Fields fields, String key, int absent, int held) {
    int said = fields.size(key, absent);
    if (said != held) {
      throw new FormatException(
          "'%s' is %d%s, but the weights of the text tower have %d"
              .formatted(key, said, fields.json().hasNonNull(key) ? "" : " by default", held));
    }
  }
}
