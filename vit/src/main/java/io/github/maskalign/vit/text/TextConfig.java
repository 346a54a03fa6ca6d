package io.github.maskalign.vit.text;

import io.github.maskalign.autograd.nn.Linear;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.vit.BlockConfig;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of a text tower.
 *
 * @param vocabulary size of the vocabulary, V
 * @param context maximum number of tokens, start and end included
 * @param blocks of width D
 * @param causal whether a token attends only to itself and earlier tokens
 * @param pooling the position whose output becomes the embedding
 * @param padding of texts to a common length
 * @param projection of the pooled output; null if that is the embedding
 * @since 0.1.0
 */
public record TextConfig(
    int vocabulary,
    int context,
    BlockConfig blocks,
    boolean causal,
    TextPooling pooling,
    TextPadding padding,
    @Nullable Projection projection) {

  /**
   * The last linear layer.
   *
   * @param length of an embedding, P
   * @param bias whether it has a bias
   */
  public record Projection(int length, boolean bias) {

    /** Checks the length. */
    public Projection {
      if (length < 1) {
        throw new ShapeException("text tower: projection %d, must be at least 1".formatted(length));
      }
    }

    /**
     * Creates the layer, with Xavier-uniform weight and zero bias.
     *
     * @param width of its input
     */
    public Linear create(Parameters.Path path, int width) {
      return Linear.create(path, width, length, bias);
    }
  }

  /** Checks the values. */
  public TextConfig {
    if (vocabulary < 2 || context < 2) {
      throw new ShapeException(
          "text tower: vocabulary %d, context %d: must be at least 2"
              .formatted(vocabulary, context));
    }
  }

  /** Whether a learned token is joined after each text. */
  public boolean classToken() {
    return pooling instanceof TextPooling.ClassToken;
  }

  /** Number of tokens in the blocks of a text of T tokens: with the class token, one more. */
  int tokens(int length) {
    return classToken() ? length + 1 : length;
  }

  /**
   * Requires a text to have tokens, and no more than the context.
   *
   * @throws ShapeException if it does not
   */
  void requireLength(int length) {
    if (length < 1 || length > context) {
      throw new ShapeException(
          "text: %d tokens, must be 1 to %d; truncate the text".formatted(length, context));
    }
  }

  /** Length of an embedding: that of the projection, or the width. */
  public int length() {
    return projection == null ? blocks.width() : projection.length();
  }

  /**
   * Whether the embedding of a text depends on the padding after it, so that texts must have the
   * length that the tower was trained with.
   */
  public boolean readsPadding() {
    return switch (pooling) {
      case TextPooling.Last _, TextPooling.ClassToken _ -> true;
      case TextPooling.HighestId _, TextPooling.FirstOf _, TextPooling.First _ -> !causal;
    };
  }
}
