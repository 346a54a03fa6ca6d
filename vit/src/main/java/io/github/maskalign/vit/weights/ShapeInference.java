package io.github.maskalign.vit.weights;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.vit.Activation;
import io.github.maskalign.vit.BlockConfig;
import io.github.maskalign.vit.FinalNorm;
import io.github.maskalign.vit.InputConfig;
import io.github.maskalign.vit.OutputConfig;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.PositionEmbedding;
import io.github.maskalign.vit.PositionTable;
import io.github.maskalign.vit.TokenConfig;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.weights.family.Family;
import java.util.List;

/**
 * Infers the configuration of a network from the names and shapes of its weights. These do not
 * determine the number of heads, the activation and the epsilon of the norms: heads are assumed to
 * have 64 channels, as in nearly all published networks, and the rest is what files with such names
 * usually have.
 */
final class ShapeInference {

  /** The grid assumed without a position table. */
  private static final int GRID = 14;

  private final Family family;
  private final NamedShapes shapes;
  private final WeightFacts facts;

  private ShapeInference(Family family, NamedShapes shapes, WeightFacts facts) {
    this.family = family;
    this.shapes = shapes;
    this.facts = facts;
  }

  /**
   * The configuration.
   *
   * @param family of the source's names, which have no prefix
   * @throws FormatException if the shapes are not those of a Vision Transformer
   */
  static ViTConfig of(Family family, NamedShapes shapes, WeightFacts facts) {
    try {
      return new ShapeInference(family, shapes, facts).config();
    } catch (ShapeException | ArithmeticException e) {
      throw new FormatException(
          "%s: no Vision Transformer has its shapes: %s"
              .formatted(shapes.source().description(), e.getMessage()),
          e);
    }
  }

  private ViTConfig config() {
    int width = facts.width();
    TokenConfig tokens = tokens();
    int grid =
        tokens.positions() == PositionEmbedding.ROTARY
            ? GRID
            : PositionTable.squareRoot(facts.positions() - tokens.positionedPrefix());
    return new ViTConfig(
        new InputConfig(
            ImageSize.square(Math.multiplyExact(grid, facts.patchSize())),
            facts.patchSize(),
            facts.channels(),
            shapes.has("patch_embed.proj.bias")),
        tokens,
        new BlockConfig(
            width,
            facts.depth(),
            NamedShapes.heads(width),
            (double) facts.mlpWidth() / width,
            facts.gated() ? Activation.SWIGLU : family.usualActivation(),
            family.usualEps(tokens),
            shapes.has("blocks.0.ls1.gamma") ? 1e-5 : 0,
            bias(),
            shapes.has("blocks.0.attn.q_norm.weight")),
        output(tokens));
  }

  private TokenConfig tokens() {
    boolean classToken = shapes.has("cls_token");
    boolean distillation = shapes.has("dist_token");
    int prefix = facts.registers() + (classToken ? 1 : 0) + (distillation ? 1 : 0);
    boolean norm = shapes.has("norm_pre.weight");
    if (facts.positions() == 0) {
      return tokens(classToken, distillation, PositionEmbedding.ROTARY, 0, norm);
    }
    int rows = facts.positions();
    for (int positioned : List.of(Math.min(1, prefix), prefix, 0)) {
      if (PositionTable.squareRoot(rows - positioned) > 0) {
        return tokens(classToken, distillation, PositionEmbedding.LEARNED, positioned, norm);
      }
    }
    throw new FormatException(
        ("%s: the position table has %d rows, expected a square grid of patches and up to %d"
                + " prefix tokens")
            .formatted(shapes.source().description(), rows, prefix));
  }

  private TokenConfig tokens(
      boolean classToken,
      boolean distillation,
      PositionEmbedding kind,
      int positioned,
      boolean norm) {
    return TokenConfig.of(classToken, kind)
        .withDistillationToken(distillation)
        .withRegisters(facts.registers())
        .withPositions(kind, positioned)
        .withNorm(norm);
  }

  private OutputConfig output(TokenConfig tokens) {
    Pooling plain = tokens.classToken() ? Pooling.CLASS_TOKEN : Pooling.MEAN_PATCHES;
    Pooling pooling = shapes.has("attn_pool.latent") ? Pooling.ATTENTION : plain;
    return OutputConfig.of(pooling).withNorm(FinalNorm.TOKENS);
  }

  private BlockConfig.Bias bias() {
    boolean all = shapes.has("blocks.0.attn.qkv.bias");
    return new BlockConfig.Bias(
        all || shapes.has("blocks.0.attn.q_bias"),
        all || shapes.has("blocks.0.attn.k_bias"),
        all || shapes.has("blocks.0.attn.v_bias"),
        shapes.has("blocks.0.attn.proj.bias"),
        shapes.has("blocks.0.mlp.fc1.bias"));
  }
}
