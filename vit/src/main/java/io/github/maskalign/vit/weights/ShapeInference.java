package io.github.maskalign.vit.weights;

import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.Activation;
import io.github.maskalign.vit.PositionEmbedding;
import io.github.maskalign.vit.PositionTable;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.weights.file.WeightSource;
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

  private final WeightSource source;
  private final ViTNames map;
  private final NamedShapes shapes;

  private ShapeInference(WeightSource source, ViTNames map) {
    this.source = source;
    this.map = map;
    this.shapes = NamedShapes.of(source, map);
  }

  /**
   * The configuration.
   *
   * @param map of the source's names, which have no prefix
   * @throws FormatException if the shapes are not those of a Vision Transformer
   */
  public static ViTConfig of(WeightSource source, ViTNames map) {
    return new ShapeInference(source, map).config();
  }

  private ViTConfig config() {
    Shape patches = shapes.require("patch_embed.proj.weight");
    if (patches.rank() != 4 || patches.dim(2) != patches.dim(3)) {
      throw new FormatException(
          "%s: the patch embedding has shape %s, expected [D, C, P, P]"
              .formatted(source.description(), patches));
    }
    int width = patches.dim(0);
    int hidden = shapes.require("blocks.0.mlp.fc2.weight").dim(-1);
    boolean gated = shapes.rows("blocks.0.mlp.fc1.weight") == 2L * hidden;
    boolean layerScale = shapes.has("blocks.0.ls1.gamma");
    ViTConfig.Tokens tokens = tokens();
    int grid = tokens.positions() == PositionEmbedding.ROTARY ? GRID : grid(tokens);
    return new ViTConfig(
        new ViTConfig.Input(
            grid * patches.dim(2),
            patches.dim(2),
            patches.dim(1),
            shapes.has("patch_embed.proj.bias")),
        tokens,
        new ViTConfig.Blocks(
            width,
            shapes.depth(),
            NamedShapes.heads(width),
            (double) hidden / width,
            gated ? Activation.SWIGLU : activation(),
            eps(tokens),
            layerScale ? 1e-5 : 0),
        shapes.has("attn_pool.latent"));
  }

  private ViTConfig.Tokens tokens() {
    boolean classToken = shapes.has("cls_token");
    int registers = shapes.has("reg_token") ? shapes.require("reg_token").dim(-2) : 0;
    int prefix = registers + (classToken ? 1 : 0);
    boolean norm = shapes.has("norm_pre.weight");
    if (!shapes.has("pos_embed")) {
      return new ViTConfig.Tokens(prefix, classToken, PositionEmbedding.ROTARY, 0, norm);
    }
    int rows = shapes.require("pos_embed").dim(-2);
    for (int positioned : List.of(Math.min(1, prefix), prefix, 0)) {
      if (PositionTable.squareRoot(rows - positioned) > 0) {
        return new ViTConfig.Tokens(
            prefix, classToken, PositionEmbedding.LEARNED, positioned, norm);
      }
    }
    throw new FormatException(
        ("%s: the position table has %d rows, expected a square grid of patches and up to %d"
                + " prefix tokens")
            .formatted(source.description(), rows, prefix));
  }

  private int grid(ViTConfig.Tokens tokens) {
    return PositionTable.squareRoot(
        shapes.require("pos_embed").dim(-2) - tokens.positionedPrefix());
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
