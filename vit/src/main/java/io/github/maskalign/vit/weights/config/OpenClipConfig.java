package io.github.maskalign.vit.weights.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.Activation;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.text.TextConfig;

/** Configurations as OpenCLIP writes them, with its defaults. */
public final class OpenClipConfig {

  private static final String TOWER = "/model_cfg/vision_cfg";
  private static final String TEXTS = "/model_cfg/text_cfg";

  private OpenClipConfig() {}

  /** Whether this is one. */
  public static boolean matches(JsonNode json) {
    return json.at(TOWER).isObject();
  }

  /**
   * The image tower that a file describes.
   *
   * @throws FormatException if it is no Vision Transformer
   */
  public static ViTConfig parse(JsonNode json) {
    JsonNode tower = json.at(TOWER);
    if (tower.has("timm_model_name") || !tower.path("layers").isIntegralNumber()) {
      throw new FormatException("the image tower is not OpenCLIP's own Vision Transformer");
    }
    int width = tower.path("width").asInt(768);
    ViTConfig config =
        ViTConfig.of(
            tower.path("image_size").asInt(224),
            tower.path("patch_size").asInt(16),
            width,
            tower.get("layers").intValue(),
            width / Math.max(1, tower.path("head_width").asInt(64)));
    return config.asClip().withMlp(tower.path("mlp_ratio").asDouble(4), activation(json));
  }

  /**
   * The text tower, of the given shape.
   *
   * @throws FormatException if it differs from CLIP's own
   */
  public static TextConfig text(JsonNode json, TextConfig shape) {
    JsonNode tower = json.at(TEXTS);
    boolean plain =
        !tower.has("hf_model_name")
            && !tower.path("embed_cls").asBoolean(false)
            && !tower.path("no_causal_mask").asBoolean(false)
            && tower.path("pool_type").asText("argmax").equals("argmax");
    if (!plain) {
      throw new FormatException(
          "the text tower is not CLIP's: hf_model_name, embed_cls, no_causal_mask and pool_type"
              + " other than argmax are not known");
    }
    return shape.withBlocks(
        tower.path("heads").asInt(8), activation(json), shape.blocks().normEps());
  }

  private static Activation activation(JsonNode json) {
    boolean quick = json.at("/model_cfg/quick_gelu").asBoolean(false);
    return quick ? Activation.QUICK_GELU : Activation.GELU;
  }
}
