package io.github.maskalign.vit.weights;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.vit.Activation;
import io.github.maskalign.vit.FinalNorm;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.PositionEmbedding;
import io.github.maskalign.vit.PositionTable;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.weights.names.ViTNames;
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

  private final ViTNames map;
  private final NamedShapes shapes;
  private final WeightFacts facts;

  private ShapeInference(ViTNames map, NamedShapes shapes, WeightFacts facts) {
    this.map = map;
    this.shapes = shapes;
    this.facts = facts;
  }

  /**
   * The configuration.
   *
   * @param map of the source's names, which have no prefix
   * @throws FormatException if the shapes are not those of a Vision Transformer
   */
  static ViTConfig of(ViTNames map, NamedShapes shapes, WeightFacts facts) {
    try {
      return new ShapeInference(map, shapes, facts).config();
    } catch (ShapeException | ArithmeticException e) {
      throw new FormatException(
          "%s: no Vision Transformer has its shapes: %s"
              .formatted(shapes.source().description(), e.getMessage()),
          e);
    }
  }

  private ViTConfig config() {
    int width = facts.width();
    ViTConfig.Tokens tokens = tokens();
    int grid =
        tokens.positions() == PositionEmbedding.ROTARY
            ? GRID
            : PositionTable.squareRoot(facts.positions() - tokens.positionedPrefix());
    return new ViTConfig(
        new ViTConfig.Input(
            ImageSize.square(Math.multiplyExact(grid, facts.patchSize())),
            facts.patchSize(),
            facts.channels(),
            shapes.has("patch_embed.proj.bias")),
        tokens,
        new ViTConfig.Blocks(
            width,
            facts.depth(),
            NamedShapes.heads(width),
            (double) facts.mlpWidth() / width,
            facts.gated() ? Activation.SWIGLU : activation(),
            eps(tokens),
            shapes.has("blocks.0.ls1.gamma") ? 1e-5 : 0),
        output(tokens));
  }

  private ViTConfig.Tokens tokens() {
    boolean classToken = shapes.has("cls_token");
    int prefix = facts.registers() + (classToken ? 1 : 0);
    boolean norm = shapes.has("norm_pre.weight");
    if (facts.positions() == 0) {
      return tokens(classToken, PositionEmbedding.ROTARY, 0, norm);
    }
    int rows = facts.positions();
    for (int positioned : List.of(Math.min(1, prefix), prefix, 0)) {
      if (PositionTable.squareRoot(rows - positioned) > 0) {
        return tokens(classToken, PositionEmbedding.LEARNED, positioned, norm);
      }
    }
    throw new FormatException(
        ("%s: the position table has %d rows, expected a square grid of patches and up to %d"
                + " prefix tokens")
            .formatted(shapes.source().description(), rows, prefix));
  }

  private ViTConfig.Tokens tokens(
      boolean classToken, PositionEmbedding kind, int positioned, boolean norm) {
    return ViTConfig.Tokens.of(classToken, kind)
        .withRegisters(facts.registers())
        .withPositions(kind, positioned)
        .withNorm(norm);
  }

  private ViTConfig.Output output(ViTConfig.Tokens tokens) {
    Pooling plain = tokens.classToken() ? Pooling.CLASS_TOKEN : Pooling.MEAN_PATCHES;
    Pooling pooling = shapes.has("attn_pool.latent") ? Pooling.ATTENTION : plain;
    return ViTConfig.Output.of(pooling).withNorm(FinalNorm.TOKENS);
  }

  private Activation activation() {
    return switch (map) {
      case HF_CLIP -> Activation.QUICK_GELU;
      case HF_SIGLIP -> Activation.TANH_GELU;
      default -> Activation.GELU;
    };
  }

  private double eps(ViTConfig.Tokens tokens) {
    return switch (map) {
      case HF_CLIP, OPEN_CLIP, HF_DINOV3, TIMM_EVA -> 1e-5;
      case HF_VIT -> 1e-12;
      case HF_SIGLIP, HF_DINOV2 -> 1e-6;
      case TIMM -> tokens.norm() || tokens.positions() == PositionEmbedding.ROTARY ? 1e-5 : 1e-6;
    };
  }
}
