package io.github.maskalign.vit.text;

import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.vit.Activation;
import io.github.maskalign.vit.ViTConfig;
import java.util.OptionalInt;

/**
 * The shape of a text tower.
 *
 * @param vocabulary rows of the token table, V
 * @param context places of a text, start and end tokens included
 * @param blocks of width D
 * @param projection length of an embedding, P
 * @param end the token whose place gives a text's embedding; if empty, the highest of each text
 * @since 0.1.0
 */
public record TextConfig(
    int vocabulary, int context, ViTConfig.Blocks blocks, int projection, OptionalInt end) {

  /** Checks the numbers. */
  public TextConfig {
    if (vocabulary < 2 || context < 2 || projection < 1) {
      throw new ShapeException(
          "text tower: %d tokens, %d places, embeddings of %d: must be 2, 2 and 1 at least"
              .formatted(vocabulary, context, projection));
    }
  }

  /** With what the shapes of weights do not tell of the blocks. */
  public TextConfig withBlocks(int heads, Activation activation, double normEps) {
    ViTConfig.Blocks better =
        new ViTConfig.Blocks(
            blocks.width(),
            blocks.depth(),
            heads,
            blocks.mlpRatio(),
            activation,
            normEps,
            blocks.layerScale());
    return new TextConfig(vocabulary, context, better, projection, end);
  }

  /** With another token at the end. */
  public TextConfig withEnd(OptionalInt newEnd) {
    return new TextConfig(vocabulary, context, blocks, projection, newEnd);
  }
}
