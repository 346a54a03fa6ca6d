package io.github.maskalign.vit.weights.config;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Where timm's {@code config.json} has what it says of the weights and their images.
 *
 * @since 0.1.0
 */
public final class PretrainedConfig {

  private static final String KEY = "pretrained_cfg";

  private PretrainedConfig() {}

  /** Whether it is an object of its own; in older files the whole configuration is it. */
  public static boolean isNested(JsonNode config) {
    return config.path(KEY).isObject();
  }

  /** The object, or the whole configuration. */
  public static JsonNode of(JsonNode config) {
    return isNested(config) ? config.path(KEY) : config;
  }
}
