package io.github.maskalign.vit.weights.family;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.vit.ConfigMetadata;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.weights.config.ConfigSize;
import java.util.List;

/** Networks that this library wrote. */
final class Own implements Family {

  @Override
  public List<NameTable> tables() {
    return List.of();
  }

  @Override
  public boolean reads(JsonNode config) {
    return config.has(ConfigMetadata.FIELD);
  }

  @Override
  public ViTConfig config(JsonNode config, Held held) {
    return ConfigMetadata.read(config.toString());
  }

  @Override
  public String key(JsonNode config, ConfigSize size) {
    return "maskalign."
        + switch (size) {
          case WIDTH -> "blocks.width";
          case DEPTH -> "blocks.depth";
          case MLP -> "blocks.mlpRatio";
          case REGISTERS -> "tokens.prefix";
          case CHANNELS -> "input.channels";
          case PATCH_SIZE -> "input.patchSize";
          case IMAGE_SIZE -> "input.imageSize";
        };
  }
}
