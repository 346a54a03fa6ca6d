package io.github.maskalign.vit;

import io.github.maskalign.autograd.nn.Init;
import io.github.maskalign.autograd.nn.LayerNorm;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.autograd.nn.RotaryEmbedding;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * images [B, C, H, W] -> tokens [B, T, D]: the prefix tokens and the projected patches with their
 * positions, the input of the first block.
 */
final class TokenEmbedding {

  private static final double TOKEN_DEVIATION = 0.02;

  private final ViTConfig config;
  private final List<Tensor> prefix;
  private final @Nullable Tensor positions;
  private final @Nullable RotaryPositions rotary;
  private final PatchEmbed patchEmbed;
  private final @Nullable LayerNorm norm;

  private TokenEmbedding(Parameters.Path path, ViTConfig config) {
    this.config = config;
    InputConfig input = config.input();
    this.prefix = prefix(path, config);
    this.positions = positions(path, config);
    this.rotary =
        config.tokens().positions() == PositionEmbedding.ROTARY
            ? RotaryPositions.create(path, config)
            : null;
    this.patchEmbed =
        PatchEmbed.create(
            path.at("patch_embed"),
            input.channels(),
            input.patchSize(),
            config.width(),
            input.bias());
    this.norm =
        config.tokens().norm()
            ? LayerNorm.create(path.at("norm_pre"), config.width(), config.normEps())
            : null;
  }

  /**
   * Creates the parameters {@code cls_token, dist_token, reg_token, pos_embed, patch_embed} and
   * {@code norm_pre}, as far as the configuration has them.
   */
  static TokenEmbedding create(Parameters.Path path, ViTConfig config) {
    return new TokenEmbedding(path, config);
  }

  private static List<Tensor> prefix(Parameters.Path path, ViTConfig config) {
    List<Tensor> tokens = new ArrayList<>();
    Init init = Init.normal(TOKEN_DEVIATION);
    if (config.tokens().classToken()) {
      tokens.add(path.add("cls_token", init, 1, 1, config.width()));
    }
    if (config.tokens().distillationToken()) {
      tokens.add(path.add("dist_token", init, 1, 1, config.width()));
    }
    if (config.tokens().registers() > 0) {
      tokens.add(path.add("reg_token", init, 1, config.tokens().registers(), config.width()));
    }
    return tokens;
  }

  private static @Nullable Tensor positions(Parameters.Path path, ViTConfig config) {
    int first = config.tokens().positionedPrefix();
    int rows = first + config.patches();
    int width = config.width();
    return switch (config.tokens().positions()) {
      case LEARNED -> path.add("pos_embed", Init.normal(TOKEN_DEVIATION), 1, rows, width);
      case SINCOS -> {
        float[] table = PositionTable.sincos(width, config.grid(), first);
        yield path.addFixed("pos_embed", Init.of(table), 1, rows, width);
      }
      case ROTARY -> null;
    };
  }

  // ---- parts, for NaFlex ----

  PatchEmbed patchEmbed() {
    return patchEmbed;
  }

  @Nullable Tensor positions() {
    return positions;
  }

  @Nullable LayerNorm norm() {
    return norm;
  }

  // ---- forward ----

  /** The rotation of queries and keys by the positions of the visible patches; null for none. */
  @Nullable RotaryEmbedding rotation(Ops ops, @Nullable Tensor keep) {
    return rotary == null ? null : rotary.of(ops, keep);
  }

  /** Patches are selected before the projection: the same values for less work than afterwards. */
  Tensor forward(Ops ops, Tensor images, ForwardRequest request) {
    Tensor keep = request.keep();
    Tensor whole = PatchEmbed.whole(ops, images, config.grid(), config.patchSize());
    Tensor patches = PatchEmbed.patchify(ops, whole, config.patchSize());
    Tensor seen = keep == null ? patches : ops.gatherTokens(patches, keep);
    Tensor x = masked(ops, patchEmbed.project(ops, seen), request.maskToken());
    if (positions != null) {
      x = ops.add(x, patchPositions(ops, positions, keep));
    }
    if (!prefix.isEmpty()) {
      Tensor tokens = positionedPrefix(ops);
      Shape each = Shape.of(images.dim(0), config.prefixTokens(), config.width());
      x = ops.concat(List.of(ops.broadcast(tokens, each), x), 1);
    }
    return norm == null ? x : norm.forward(ops, x);
  }

  private static Tensor masked(Ops ops, Tensor x, ForwardRequest.@Nullable MaskToken mask) {
    if (mask == null) {
      return x;
    }
    Tensor token = ops.broadcast(mask.token(), Shape.of(x.dim(0), 1, x.dim(2)));
    return ops.gatherTokens(ops.concat(List.of(x, token), 1), mask.ids());
  }

  private Tensor patchPositions(Ops ops, Tensor table, @Nullable Tensor keep) {
    int first = config.tokens().positionedPrefix();
    Tensor patchPositions = ops.slice(table, 1, first, first + config.patches());
    if (keep == null) {
      return patchPositions;
    }
    Shape each = Shape.of(keep.dim(0), config.patches(), config.width());
    return ops.gatherTokens(ops.broadcast(patchPositions, each), keep);
  }

  /** The prefix tokens, with positions where the table has them. */
  private Tensor positionedPrefix(Ops ops) {
    Tensor tokens = prefix.size() == 1 ? prefix.getFirst() : ops.concat(prefix, 1);
    int positioned = config.tokens().positionedPrefix();
    if (positions == null || positioned == 0) {
      return tokens;
    }
    Tensor rows = ops.slice(positions, 1, 0, positioned);
    if (positioned == config.prefixTokens()) {
      return ops.add(tokens, rows);
    }
    Tensor first = ops.add(ops.slice(tokens, 1, 0, positioned), rows);
    return ops.concat(List.of(first, ops.slice(tokens, 1, positioned, config.prefixTokens())), 1);
  }
}
