package io.github.maskalign.vit;

import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ShapeException;
import java.util.List;

/**
 * How the tokens of an image become one vector: tokens [B, T, D] -> [B, D]. A network may instead
 * have a learned attention pool, see {@link ViT#pooled(Ops, Tensor)}.
 *
 * @since 0.1.0
 */
public enum Pooling {
  /** The class token, {@code token} in timm. */
  CLASS_TOKEN,
  /** The mean of the patch tokens, {@code avg} in timm. */
  MEAN_PATCHES;

  /** The class token if the network has one, else the mean of the patch tokens. */
  public static Pooling of(ViTConfig config) {
    return config.tokens().classToken() ? CLASS_TOKEN : MEAN_PATCHES;
  }

  /**
   * tokens [B, T, D] -> [B, D].
   *
   * @throws ShapeException if the network has no class token to pool by
   */
  public Tensor pool(Ops ops, ViTConfig config, Tensor tokens) {
    return switch (this) {
      case CLASS_TOKEN -> {
        require(config);
        yield ops.reshape(ops.slice(tokens, 1, 0, 1), tokens.dim(0), tokens.dim(2));
      }
      case MEAN_PATCHES -> ops.mean(patches(ops, config, tokens), false, 1);
    };
  }

  /**
   * Checks that the network has the tokens to pool.
   *
   * @throws ShapeException if it has no class token to pool by
   */
  void require(ViTConfig config) {
    if (this == CLASS_TOKEN && !config.tokens().classToken()) {
      throw new ShapeException("ViT: this network has no class token to pool by; use MEAN_PATCHES");
    }
  }

  /**
   * tokens [B, T, D] -> [B, 2 D]: the class token, then the mean of the patch tokens; [B, D], the
   * mean alone, for a network without class token.
   */
  public static Tensor classAndMean(Ops ops, ViTConfig config, Tensor tokens) {
    Tensor mean = MEAN_PATCHES.pool(ops, config, tokens);
    return config.tokens().classToken()
        ? ops.concat(List.of(CLASS_TOKEN.pool(ops, config, tokens), mean), 1)
        : mean;
  }

  /** tokens [B, T, D] -> [B, N, D]: the tokens after the prefix. */
  public static Tensor patches(Ops ops, ViTConfig config, Tensor tokens) {
    return ops.slice(tokens, 1, config.prefixTokens(), tokens.dim(1));
  }
}
