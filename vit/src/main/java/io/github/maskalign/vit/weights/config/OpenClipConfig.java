package io.github.maskalign.vit.weights.config;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.Activation;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.ImageSize;

/** Configurations in OpenCLIP's format, with its defaults. */
public final class OpenClipConfig {

  private static final String TOWER = "/model_cfg/vision_cfg";

  private OpenClipConfig() {}

  /** Whether JSON has this format. */
  public static boolean matches(JsonNode json) {
    return json.at(TOWER).isObject();
  }

  /**
   * Parses the configuration of the image tower.
   *
   * @throws FormatException if it is not a Vision Transformer
   */
  public static ViTConfig parse(JsonNode json) {
    JsonNode tower = json.at(TOWER);
    if (tower.has("timm_model_name") || !tower.path("layers").isIntegralNumber()) {
      throw new FormatException(
          "the image tower is not OpenCLIP's VisionTransformer; ResNets and timm towers are not"
              + " supported");
    }
    Fields fields = new Fields(tower);
    int width = fields.size("width", 768);
    ViTConfig config =
        ViTConfig.of(
            fields.imageSize("image_size", ImageSize.square(224)),
            fields.size("patch_size", 16),
            width,
            fields.size("layers", 12),
            width / fields.size("head_width", 64));
    return config.asClip().withMlp(fields.real("mlp_ratio", 4), activation(json));
  }

  private static Activation activation(JsonNode json) {
    boolean quick = new Fields(json.path("model_cfg")).flag("quick_gelu", false);
    return quick ? Activation.QUICK_GELU : Activation.GELU;
  }
}
