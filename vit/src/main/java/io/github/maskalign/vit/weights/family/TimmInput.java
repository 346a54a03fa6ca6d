package io.github.maskalign.vit.weights.family;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.weights.config.Fields;
import io.github.maskalign.vit.weights.config.PretrainedConfig;

/**
 * The input that timm's {@code pretrained_cfg} states, which precedes that of the architecture.
 *
 * @param config the whole configuration
 */
record TimmInput(JsonNode config) {

  private Fields pretrained() {
    return new Fields(PretrainedConfig.of(config));
  }

  /** The axis of {@code input_size}: channels, height, width; 0 if it is not stated. */
  private int size(int axis) {
    JsonNode size = pretrained().json().path("input_size");
    return size.isArray() && size.size() == 3 && size.get(axis).isInt()
        ? size.get(axis).intValue()
        : 0;
  }

  /** The size of the images, if it is fixed. */
  ImageSize imageSize(ImageSize architecture) {
    boolean fixed = pretrained().flag("fixed_input_size", false);
    return fixed && size(1) > 0 && size(2) > 0 ? new ImageSize(size(1), size(2)) : architecture;
  }

  /** The number of color channels. */
  int channels(int architecture) {
    return size(0) > 0 ? size(0) : architecture;
  }
}
