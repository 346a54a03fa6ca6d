package io.github.maskalign.vit.text;

import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.vit.Activation;
import io.github.maskalign.vit.ViTConfig;
import java.util.OptionalInt;

/**
 * The configuration of a text tower.
 *
 * @param vocabulary size of the vocabulary, V
 * @param context maximum number of tokens, start and end included
 * @param blocks of width D
 * @param projection length of an embedding, P
 * @param end the token whose output becomes the embedding; if empty, the highest token id of each
 *     text
 * @since 0.1.0
 */
public record TextConfig(
    int vocabulary, int context, ViTConfig.Blocks blocks, int projection, OptionalInt end) {

  /** Checks the values. */
  public TextConfig {
    if (vocabulary < 2 || context < 2 || projection < 1) {
      throw new ShapeException(
          "text tower: vocabulary %d, context %d, projection %d: must be at least 2, 2 and 1"
              .formatted(vocabulary, context, projection));
    }
  }

  /** With the values of the blocks that tensor shapes do not determine. */
  public TextConfig withBlocks(int heads, Activation activation, double normEps) {
    ViTConfig.Blocks better =
        blocks
            .withSize(blocks.width(), blocks.depth(), heads)
            .withMlp(blocks.mlpRatio(), activation)
            .withNormEps(normEps);
    return new TextConfig(vocabulary, context, better, projection, end);
  }

  /** With another end token. */
  public TextConfig withEnd(OptionalInt newEnd) {
    return new TextConfig(vocabulary, context, blocks, projection, newEnd);
  }
}
