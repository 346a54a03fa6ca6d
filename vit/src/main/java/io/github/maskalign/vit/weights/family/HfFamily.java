package io.github.maskalign.vit.weights.family;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.vit.Activation;
import io.github.maskalign.vit.Grid;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.weights.config.ConfigSize;
import io.github.maskalign.vit.weights.config.Fields;
import io.github.maskalign.vit.weights.config.HfConfig;
import io.github.maskalign.vit.weights.processor.PublishedPreprocessing;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What families of transformers have in common: the keys of {@code config.json}. */
abstract class HfFamily implements Family {

  private static final String TOWER = "vision_config";

  private final List<String> types;

  HfFamily(String... types) {
    this.types = List.of(types);
  }

  /** The types of networks of this family, without towers alone. */
  List<String> types() {
    return types.stream().filter(type -> !type.endsWith("_vision_model")).toList();
  }

  /** The types of networks of this family, with towers alone. */
  List<String> allTypes() {
    return types;
  }

  /** Whether networks of this type are of this family. */
  boolean isOf(String modelType) {
    return types.contains(modelType);
  }

  @Override
  public boolean reads(JsonNode config) {
    return types.contains(config.path("model_type").asText());
  }

  @Override
  public List<String> unknownKeys(JsonNode config) {
    return TransformersKeys.read().unknown(config);
  }

  @Override
  public String key(JsonNode config, ConfigSize size) {
    String key =
        switch (size) {
          case WIDTH -> "hidden_size";
          case DEPTH -> "num_hidden_layers";
          case MLP -> "intermediate_size";
          case REGISTERS -> "num_register_tokens";
          case CHANNELS -> "num_channels";
          case PATCH_SIZE -> "patch_size";
          case IMAGE_SIZE -> "image_size";
        };
    return config.has(TOWER) ? TOWER + "." + key : key;
  }

  /**
   * The image tower of a configuration: {@code vision_config_dict} if it is not null, {@code
   * vision_config}, else the configuration itself.
   */
  static Fields tower(JsonNode config) {
    JsonNode whole = config.path(TOWER + "_dict");
    if (whole.isObject()) {
      return new Fields(whole);
    }
    return new Fields(config.path(TOWER).isObject() ? config.get(TOWER) : config);
  }

  /** A network of the sizes that are stated, or those of ViT-B. */
  static ViTConfig sized(Fields fields, int patch, int width, int heads) {
    return ViTConfig.of(
            fields.imageSize("image_size", ImageSize.square(224)),
            fields.size("patch_size", patch),
            fields.size("hidden_size", width),
            fields.size("num_hidden_layers", 12),
            fields.size("num_attention_heads", heads))
        .withChannels(fields.size("num_channels", 3));
  }

  static ViTConfig withMlp(Fields fields, ViTConfig config, String activation, int hidden) {
    double ratio = (double) fields.size("intermediate_size", hidden) / config.width();
    return config.withMlp(ratio, activation(fields, activation, false));
  }

  static ViTConfig withEps(Fields fields, ViTConfig config, double absent) {
    return config.withNormEps(fields.real("layer_norm_eps", absent));
  }

  static Activation activation(Fields fields, String absent, boolean gated) {
    return Activation.of(HfConfig.activation(fields, absent).nonlinearity(), gated);
  }

  /** As transformers does: a table of another number of patches is that of a square. */
  @Override
  public @Nullable Grid tableGrid(Grid stated, int rows, Grid wanted) {
    if (wanted.equals(stated) && stated.patches() == rows) {
      return stated;
    }
    Grid square = Grid.ofSquare(rows);
    return square == null && stated.patches() == rows ? stated : square;
  }

  /** The preprocessing of its published networks. */
  abstract PublishedPreprocessing published();

  @Override
  public final Optional<PublishedPreprocessing> published(Predicate<String> holds) {
    return Optional.of(published());
  }
}
