package io.github.maskalign.vit.weights.family;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.BlockConfig;
import io.github.maskalign.vit.Grid;
import io.github.maskalign.vit.OutputConfig;
import io.github.maskalign.vit.Resampling;
import io.github.maskalign.vit.TokenConfig;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.weights.config.Fields;
import io.github.maskalign.vit.weights.processor.PublishedPreprocessing;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** An image tower of OpenCLIP that is one of timm's networks. */
final class OpenClipTimm extends OpenClip {

  private final TimmVit timm = new TimmVit();

  @Override
  public List<NameTable> tables() {
    return List.of(
        table("blocks.0.gamma_1", TimmDinoV3.BLOCK), table("patch_embed.proj.weight", Map.of()));
  }

  /** The projection is OpenCLIP's own, or the classifier of the trunk. */
  private static NameTable table(String landmark, Map<String, String> block) {
    return NameTable.of(
        "OpenCLIP with an image tower of timm",
        landmark,
        "visual.trunk.",
        IGNORED,
        "blocks.",
        Map.of("projection", "/visual.head.proj | head"),
        block);
  }

  @Override
  public boolean reads(JsonNode config) {
    return config.at(TOWER).hasNonNull(TIMM_NAME);
  }

  /** Width, depth, MLP and grid are those of the tensors, the rest is the architecture's. */
  @Override
  public ViTConfig config(JsonNode config, Held held) {
    JsonNode tower = config.at(TOWER);
    requireKnown(tower);
    Fields fields = new Fields(tower);
    TimmArchitectures.Architecture named = TimmArchitectures.require(fields.text(TIMM_NAME, ""));
    // Null, unlike an absent key, means the classifier of the trunk.
    String projection = tower.has("timm_proj") ? fields.text("timm_proj", "") : "linear";
    if (!List.of("linear", "none", "").contains(projection)) {
      throw new FormatException("timm_proj '%s' is not supported".formatted(projection));
    }
    ViTConfig whole = named.config();
    BlockConfig blocks =
        whole
            .blocks()
            .withSize(held.width(), held.depth(), whole.heads())
            .withMlp((double) held.mlpWidth() / held.width(), whole.blocks().activation());
    // At another size, OpenCLIP resizes after loading, by timm's default for all architectures.
    return whole
        .withBlocks(blocks)
        .withTokens(whole.tokens().withResampling(Resampling.BICUBIC_ANTIALIAS))
        .withImageSize(fields.imageSize("image_size", whole.imageSize()))
        .withOutput(output(named, fields.text("timm_pool", "avg"), !projection.equals("linear")));
  }

  private static OutputConfig output(
      TimmArchitectures.Architecture named, String pool, boolean alone) {
    if (alone) {
      return named.output(named.pooling(pool));
    }
    // timm's reset_classifier changes the pooling, not the norms.
    OutputConfig own = named.config().output();
    return pool.isEmpty() ? own : new OutputConfig(named.pooling(pool), own.norm(), 0, null);
  }

  @Override
  public @Nullable Grid tableGrid(Grid stated, int rows, Grid wanted) {
    return timm.tableGrid(stated, rows, wanted);
  }

  @Override
  public double usualEps(TokenConfig tokens) {
    return timm.usualEps(tokens);
  }

  /** SigLIP's towers are those that pool by attention. */
  @Override
  public Optional<PublishedPreprocessing> published(Predicate<String> holds) {
    return Optional.of(
        holds.test("attn_pool.latent")
            ? PublishedPreprocessing.OPEN_CLIP_SIGLIP
            : PublishedPreprocessing.OPEN_CLIP);
  }
}
