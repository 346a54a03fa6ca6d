package io.github.maskalign.cli.bench.suite;

import io.github.maskalign.config.Choice;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.ViTSize;
import java.util.List;

/** The sizes of student to choose from, all of patches of 16 pixels in images of 224. */
public enum ModelSize implements Choice {
  TINY("ti", ViTSize.TINY),
  SMALL("s", ViTSize.SMALL),
  BASE("b", ViTSize.BASE);

  private final String word;
  private final ViTConfig config;

  ModelSize(String word, ViTSize size) {
    this.word = word;
    this.config = ViTConfig.of(size, 224, 16);
  }

  @Override
  public List<String> words() {
    return List.of(word);
  }

  @Override
  public String description() {
    return title() + ", width " + config.width();
  }

  /** Such as {@code ViT-S/16}. */
  String title() {
    return "ViT-" + Character.toUpperCase(word.charAt(0)) + word.substring(1) + "/16";
  }

  ViTConfig config() {
    return config;
  }

  /** Number of trained values: tokens, patch projection, blocks and the final norm. */
  long parameters() {
    long width = config.width();
    long hidden = config.mlpWidth();
    long attention = 4 * width * (width + 1);
    long mlp = hidden * (width + 1) + width * (hidden + 1);
    long norms = 4 * width;
    return width * (config.prefixTokens() + config.patchValues() + 1)
        + config.depth() * (attention + mlp + norms)
        + 2 * width;
  }
}
