package io.github.maskalign.vit.weights.family;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.Grid;
import io.github.maskalign.vit.Resampling;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.weights.config.ConfigSize;
import io.github.maskalign.vit.weights.config.Fields;
import io.github.maskalign.vit.weights.processor.PublishedPreprocessing;
import java.util.List;
import java.util.Map;

/**
 * SigLIP 2 for images of any aspect ratio. Its table is a square of {@code num_patches} positions,
 * and its patch embedding a matrix whose columns are rows, columns and colors of a patch.
 */
final class Siglip2NaFlex extends Siglip {

  private static final Map<String, String> PATCHES =
      Map.of("patch_embed.proj.weight", "embeddings.patch_embedding.weight^P");

  Siglip2NaFlex() {
    super("siglip2", "siglip2_vision_model");
  }

  @Override
  public List<NameTable> tables() {
    return List.of(
        table("Hugging Face's SigLIP 2 (NaFlex)", "vision_model.", PATCHES),
        table("Hugging Face's SigLIP 2 (NaFlex)", "", PATCHES));
  }

  @Override
  public String key(JsonNode config, ConfigSize size) {
    return size == ConfigSize.IMAGE_SIZE
        ? super.key(config, size).replace("image_size", "num_patches")
        : super.key(config, size);
  }

  @Override
  public ViTConfig config(JsonNode config, Held held) {
    Fields fields = tower(config);
    int patches = fields.size("num_patches", 256);
    Grid grid = Grid.ofSquare(patches);
    if (grid == null) {
      throw new FormatException("num_patches is %d, expected a square number".formatted(patches));
    }
    ViTConfig siglip = config(fields);
    return siglip
        .withGrid(grid)
        .withTokens(siglip.tokens().withResampling(Resampling.BILINEAR_ANTIALIAS));
  }

  @Override
  PublishedPreprocessing published() {
    return PublishedPreprocessing.SIGLIP2_NAFLEX;
  }
}
