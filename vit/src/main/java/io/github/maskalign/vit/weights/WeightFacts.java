package io.github.maskalign.vit.weights;

import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.Quantity;

/**
 * The sizes of a Vision Transformer that the shapes of its weights determine.
 *
 * @param width length of a token
 * @param channels of the images
 * @param patchSize height and width of a patch
 * @param depth number of blocks
 * @param mlpWidth hidden length of the first block's MLP
 * @param gated whether its first layer has twice that length
 * @param registers number of register tokens
 * @param positions number of rows of the position table, 0 if there is none
 */
record WeightFacts(
    int width,
    int channels,
    int patchSize,
    int depth,
    int mlpWidth,
    boolean gated,
    int registers,
    int positions) {

  /**
   * Derives the sizes.
   *
   * @throws FormatException if the shapes are not those of a Vision Transformer
   */
  static WeightFacts of(NamedShapes shapes) {
    Shape patches = shapes.require("patch_embed.proj.weight");
    if (patches.rank() == 2) {
      throw new FormatException(
          ("%s: '%s' is a matrix %s as in SigLIP 2 for any aspect ratio (NaFlex); put its"
                  + " config.json, with model_type 'siglip2', beside the weights")
              .formatted(
                  shapes.source().description(),
                  shapes.firstName("patch_embed.proj.weight"),
                  patches));
    }
    if (patches.rank() != 4 || patches.size() == 0 || patches.dim(2) != patches.dim(3)) {
      throw new FormatException(
          "%s: the patch embedding has shape %s, expected [D, C, P, P]"
              .formatted(shapes.source().description(), patches));
    }
    int hidden = shapes.require("blocks.0.mlp.fc2.weight", 2).dim(1);
    shapes.require("blocks.0.mlp.fc1.weight", 2);
    return new WeightFacts(
        patches.dim(0),
        patches.dim(1),
        patches.dim(2),
        shapes.depth(),
        hidden,
        shapes.rows("blocks.0.mlp.fc1.weight") == 2L * hidden,
        rows(shapes, "reg_token"),
        rows(shapes, "pos_embed"));
  }

  private static int rows(NamedShapes shapes, String parameter) {
    if (!shapes.has(parameter)) {
      return 0;
    }
    Shape shape = shapes.require(parameter);
    if (shape.rank() >= 2 && shape.dim(-2) == 0 && shape.dim(-1) > 0) {
      return 0;
    }
    if (shape.rank() < 2 || shape.size() == 0) {
      throw new FormatException(
          "%s: '%s' has shape %s, expected one row per token"
              .formatted(shapes.source().description(), parameter, shape));
    }
    return shape.dim(-2);
  }

  /** For messages. */
  @Override
  public String toString() {
    return "%s of width %d, MLP %d, patches [%d, %d, %d], %s, %s"
        .formatted(
            count(depth, "block"),
            width,
            mlpWidth,
            channels,
            patchSize,
            patchSize,
            count(registers, "register"),
            count(positions, "position"));
  }

  /** A number with its noun. */
  static String count(long number, String noun) {
    return number == 0 ? "no " + noun + "s" : Quantity.of(number, noun);
  }
}
