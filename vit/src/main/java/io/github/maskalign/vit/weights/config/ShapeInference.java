package io.github.maskalign.vit.weights.config;

import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.Activation;
import io.github.maskalign.vit.PositionEmbedding;
import io.github.maskalign.vit.PositionEmbeddings;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.weights.file.WeightSource;
import io.github.maskalign.vit.weights.names.NameMaps;
import io.github.maskalign.vit.weights.names.NamedShapes;
import java.util.List;

/**
 * The shape of a network, from the names and shapes of its weights. They do not tell the number of
 * heads, the activation and the norms' eps: heads are of 64 channels, as in nearly all published
 * networks, and the rest is what is usual for files of such names.
 */
public final class ShapeInference {

  /** The grid that is assumed where no position table tells it. */
  private static final int GRID = 14;

  private final WeightSource source;
  private final NameMaps map;
  private final NamedShapes shapes;

  private ShapeInference(WeightSource source, NameMaps map) {
    this.source = source;
    this.map = map;
    this.shapes = NamedShapes.of(source, map);
  }

  /**
   * The network.
   *
   * @param map of the source's names, which have no prefix
   * @throws FormatException if the shapes are not those of a Vision Transformer
   */
  public static ViTConfig of(WeightSource source, NameMaps map) {
    return new ShapeInference(source, map).config();
  }

  private ViTConfig config() {
    Shape patches = shapes.require("patch_embed.proj.weight");
    if (patches.rank() != 4 || patches.dim(2) != patches.dim(3)) {
      throw new FormatException(
          "%s: the patch embedding has the shape %s, not [D, C, P, P]"
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
      if (PositionEmbeddings.squareRoot(rows - positioned) > 0) {
        return new ViTConfig.Tokens(
            prefix, classToken, PositionEmbedding.LEARNED, positioned, norm);
      }
    }
    throw new FormatException(
        "%s: a position table of %d rows is no square of patches behind a prefix of %d"
            .formatted(source.description(), rows, prefix));
  }

  private int grid(ViTConfig.Tokens tokens) {
    return PositionEmbeddings.squareRoot(
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
