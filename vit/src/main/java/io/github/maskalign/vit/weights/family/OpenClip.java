package io.github.maskalign.vit.weights.family;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.FinalNorm;
import io.github.maskalign.vit.Grid;
import io.github.maskalign.vit.OutputConfig;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.Resampling;
import io.github.maskalign.vit.TokenConfig;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.weights.config.ConfigSize;
import io.github.maskalign.vit.weights.config.Fields;
import io.github.maskalign.vit.weights.config.OpenClipConfig;
import io.github.maskalign.vit.weights.names.BlockNames;
import io.github.maskalign.vit.weights.processor.PublishedPreprocessing;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The image tower of OpenCLIP and of OpenAI's CLIP. */
class OpenClip implements Family {

  static final String TOWER = "/model_cfg/vision_cfg";

  static final String TIMM_NAME = "timm_model_name";

  private static final String OWNER = "the image tower";

  static final String IGNORED =
      "transformer.*|token_embedding.*|positional_embedding|text_projection*|ln_final.*|text.*"
          + "|text_decoder.*|logit_scale|logit_bias|attn_mask|cls_emb|input_resolution"
          + "|context_length|vocab_size|visual.proj|visual.head.*|visual.trunk.head.*";

  /** Settings of the image tower that are obeyed or change no numbers. */
  private static final Set<String> KNOWN =
      Set.of(
          "layers",
          "width",
          "head_width",
          "mlp_ratio",
          "patch_size",
          "image_size",
          "ls_init_value",
          "block_type",
          "qk_norm",
          "patch_dropout",
          "attentional_pool",
          "attn_pooler_queries",
          "attn_pooler_heads",
          "no_ln_pre",
          "pos_embed_type",
          "final_ln_after_pool",
          "pool_type",
          "output_tokens",
          "act_kwargs",
          "norm_kwargs",
          TIMM_NAME,
          "timm_model_pretrained",
          "timm_pool",
          "timm_proj",
          "timm_proj_bias",
          "timm_drop",
          "timm_drop_path");

  private static final NameTable NAMES = names();

  private static NameTable names() {
    Map<String, String> whole = new HashMap<>();
    whole.put("cls_token", "visual.class_embedding");
    whole.put("pos_embed", "visual.positional_embedding");
    whole.put("patch_embed.proj", "visual.conv1");
    whole.put("norm_pre", "visual.ln_pre");
    whole.put("norm", "visual.ln_post");
    whole.put("fc_norm", "visual.ln_post");
    whole.put("projection.weight", "visual.proj^T");
    whole.put("attn_pool.query", "visual.attn_pool.query");
    whole.put("attn_pool.norm_q", "visual.attn_pool.ln_q");
    whole.put("attn_pool.norm_k", "visual.attn_pool.ln_k");
    String packed = "visual.attn_pool.attn.in_proj_";
    String apart = "visual.attn_pool.attn.";
    List<String> parts = List.of("q", "k", "v");
    for (int i = 0; i < parts.size(); i++) {
      String rows = "[%d-%d/3]".formatted(i, i + 1);
      String name = "attn_pool." + parts.get(i);
      whole.put(
          name + ".weight", apart + parts.get(i) + "_proj_weight | " + packed + "weight" + rows);
      whole.put(name + ".bias", packed + "bias" + rows);
    }
    whole.put("attn_pool.proj", "visual.attn_pool.attn.out_proj");
    return NameTable.of(
        "OpenCLIP",
        "visual.class_embedding",
        "",
        IGNORED,
        "visual.transformer.resblocks.",
        whole,
        BlockNames.OPEN_CLIP);
  }

  @Override
  public List<NameTable> tables() {
    return List.of(NAMES);
  }

  @Override
  public boolean reads(JsonNode config) {
    return config.at(TOWER).isObject() && !config.at(TOWER).hasNonNull(TIMM_NAME);
  }

  @Override
  public String key(JsonNode config, ConfigSize size) {
    return "model_cfg.vision_cfg."
        + switch (size) {
          case WIDTH -> "width";
          case DEPTH -> "layers";
          case MLP -> "mlp_ratio";
          case REGISTERS -> "registers";
          case CHANNELS -> "channels";
          case PATCH_SIZE -> "patch_size";
          case IMAGE_SIZE -> "image_size";
        };
  }

  @Override
  public ViTConfig config(JsonNode config, Held held) {
    JsonNode tower = config.at(TOWER);
    requireKnown(tower);
    return config(new Fields(config.path("model_cfg")), tower, held);
  }

  /** Requires settings that are known, or off. */
  static void requireKnown(JsonNode tower) {
    for (Map.Entry<String, JsonNode> entry : tower.properties()) {
      boolean off =
          entry.getValue().isNull()
              || entry.getValue().isBoolean() && !entry.getValue().booleanValue();
      if (!KNOWN.contains(entry.getKey()) && !off) {
        throw Fields.unknown("vision_cfg", entry.getKey(), entry.getValue());
      }
    }
  }

  private static ViTConfig config(Fields model, JsonNode tower, Held held) {
    Fields fields = new Fields(tower);
    if (tower.path("layers").isArray()) {
      throw new FormatException(
          "the image tower is not OpenCLIP's VisionTransformer; ResNets are not supported");
    }
    // Both are tables in the file.
    fields.requireOneOf("vision_cfg", "pos_embed_type", "learnable", "sin_cos_2d");
    // The custom block differs by the features that are on only, which the default one ignores.
    fields.requireOneOf("vision_cfg", "block_type", "default", "custom");
    int width = fields.size("width", 768);
    int hidden = (int) (width * fields.real("mlp_ratio", 4));
    ViTConfig sized =
        ViTConfig.of(
                fields.imageSize("image_size", ImageSize.square(224)),
                fields.size("patch_size", 16),
                width,
                fields.size("layers", 12),
                width / fields.size("head_width", 64))
            .asClip();
    TokenConfig tokens =
        sized
            .tokens()
            .withNorm(!fields.flag("no_ln_pre", false))
            .withResampling(Resampling.BICUBIC_ANTIALIAS);
    ViTConfig own =
        sized
            .withTokens(tokens)
            .withMlp((double) hidden / width, OpenClipConfig.activation(model, fields, OWNER))
            .withNormEps(OpenClipConfig.eps(fields, OWNER))
            .withLayerScale(layerScale(tower, fields))
            .withOutput(output(tower, fields, held));
    return own.withBlocks(own.blocks().withQueryKeyNorm(OpenClipConfig.queryKeyNorm(fields)));
  }

  /** Any value adds the factors, even 0. */
  private static double layerScale(JsonNode tower, Fields fields) {
    return tower.hasNonNull("ls_init_value")
        ? Math.max(fields.real("ls_init_value", 0), Double.MIN_NORMAL)
        : 0;
  }

  private static OutputConfig output(JsonNode tower, Fields fields, Held held) {
    Pooling pooling =
        switch (fields.text("pool_type", "tok")) {
          case "tok" -> Pooling.CLASS_TOKEN;
          case "avg" -> Pooling.MEAN_PATCHES;
          case "none" -> Pooling.NONE;
          default ->
              throw new FormatException(
                  "pool_type '%s' is not supported".formatted(tower.get("pool_type").asText()));
        };
    if (tower.path("attentional_pool").isTextual()) {
      throw new FormatException(
          "attentional_pool '%s' is not supported"
              .formatted(tower.get("attentional_pool").textValue()));
    }
    if (fields.flag("attentional_pool", false)) {
      OutputConfig.QueryPool queries =
          new OutputConfig.QueryPool(
              fields.size("attn_pooler_queries", 256),
              fields.size("attn_pooler_heads", 8),
              held.rows("attn_pool.norm_q.weight"),
              pooling);
      return new OutputConfig(Pooling.QUERIES, FinalNorm.POOLED, 0, queries);
    }
    boolean after = fields.flag("final_ln_after_pool", false);
    return new OutputConfig(pooling, after ? FinalNorm.POOLED : FinalNorm.TOKENS, 0, null);
  }

  /**
   * A table of as many rows as the network needs is left alone, whatever the shape of its grid;
   * others are taken for squares.
   */
  @Override
  public @Nullable Grid tableGrid(Grid stated, int rows, Grid wanted) {
    if (rows == wanted.patches()) {
      return wanted;
    }
    Grid square = Grid.ofSquare(rows);
    return square == null && rows == stated.patches() ? stated : square;
  }

  @Override
  public double usualEps(TokenConfig tokens) {
    return OpenClipConfig.EPS;
  }

  @Override
  public Optional<PublishedPreprocessing> published(Predicate<String> holds) {
    return Optional.of(PublishedPreprocessing.OPEN_CLIP);
  }
}
