package io.github.maskalign.vit.weights;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.FormatException;
import io.github.maskalign.vit.Activation;
import io.github.maskalign.vit.ViTConfig;

/** Configurations as OpenCLIP writes them; the defaults are those of its image tower. */
final class OpenClipConfig {

  private static final String TOWER = "/model_cfg/vision_cfg";

  private OpenClipConfig() {}

  /** Whether this is one. */
  static boolean matches(JsonNode json) {
    return json.at(TOWER).isObject();
  }

  /**
   * The image tower that a file describes.
   *
   * @throws FormatException if it is no Vision Transformer
   */
  static ViTConfig parse(JsonNode json) {
    JsonNode tower = json.at(TOWER);
    if (tower.has("timm_model_name") || !tower.path("layers").isIntegralNumber()) {
      throw new FormatException("the image tower is not OpenCLIP's own Vision Transformer");
    }
    int width = tower.path("width").asInt(768);
    boolean quick = json.at("/model_cfg/quick_gelu").asBoolean(false);
    ViTConfig config =
        ViTConfig.of(
            tower.path("image_size").asInt(224),
            tower.path("patch_size").asInt(16),
            width,
            tower.get("layers").intValue(),
            width / Math.max(1, tower.path("head_width").asInt(64)));
    return config
        .asClip()
        .withMlp(
            tower.path("mlp_ratio").asDouble(4), quick ? Activation.QUICK_GELU : Activation.GELU);
  }
}
