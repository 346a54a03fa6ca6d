package io.github.maskalign.cli.weights;

import io.github.maskalign.tensor.error.Quantity;
import io.github.maskalign.vit.BlockConfig;
import io.github.maskalign.vit.TokenConfig;
import io.github.maskalign.vit.ViTConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Describes a network in one line. */
final class NetworkDescription {

  private NetworkDescription() {}

  static String of(ViTConfig config) {
    TokenConfig tokens = config.tokens();
    BlockConfig blocks = config.blocks();
    List<String> parts = new ArrayList<>();
    parts.add(
        "ViT of %s, width %d, %s, MLP %d (%s)"
            .formatted(
                Quantity.of(config.depth(), "block"),
                config.width(),
                Quantity.of(config.heads(), "head"),
                config.mlpWidth(),
                word(blocks.activation())));
    parts.add(
        "images [%d, %d, %d], patch size %d"
            .formatted(
                config.channels(),
                config.imageSize().height(),
                config.imageSize().width(),
                config.patchSize()));
    parts.add(tokens.classToken() ? "class token" : "no class token");
    if (tokens.registers() > 0) {
      parts.add(tokens.registers() + " registers");
    }
    parts.add(word(tokens.positions()) + " positions");
    if (tokens.norm()) {
      parts.add("norm before the blocks");
    }
    if (blocks.layerScale() > 0) {
      parts.add("layer scale");
    }
    if (blocks.queryKeyNorm()) {
      parts.add("query-key norm");
    }
    switch (config.output().pooling()) {
      case CLASS_TOKEN -> {}
      case ATTENTION -> parts.add("attention pool");
      default -> parts.add("pooling " + word(config.output().pooling()));
    }
    if (config.output().pooler() > 0) {
      parts.add("pooler");
    }
    parts.add("eps " + blocks.normEps());
    return String.join(", ", parts);
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
