package io.github.maskalign.vit;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The usual sizes of Vision Transformers, named as in timm.
 *
 * @since 0.1.0
 */
public enum ViTSize {
  /** ViT-Ti: width 192, 12 blocks, 3 heads. */
  TINY(192, 12, 3),
  /** ViT-S: width 384, 12 blocks, 6 heads. */
  SMALL(384, 12, 6),
  /** ViT-B: width 768, 12 blocks, 12 heads. */
  BASE(768, 12, 12),
  /** ViT-L: width 1024, 24 blocks, 16 heads. */
  LARGE(1024, 24, 16),
  /** ViT-H: width 1280, 32 blocks, 16 heads. */
  HUGE(1280, 32, 16);

  private final int width;
  private final int depth;
  private final int heads;

  ViTSize(int width, int depth, int heads) {
    this.width = width;
    this.depth = depth;
    this.heads = heads;
  }

  /** The size with a name in lower case, such as {@code base}; empty if there is none. */
  public static Optional<ViTSize> find(String name) {
    return Stream.of(values()).filter(size -> size.word().equals(name)).findFirst();
  }

  /** The name in lower case, as in {@code vit_base_patch16_224}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Length of a token, D. */
  public int width() {
    return width;
  }

  /** Number of blocks. */
  public int depth() {
    return depth;
  }

  /** Attention heads. */
  public int heads() {
    return heads;
  }
}
