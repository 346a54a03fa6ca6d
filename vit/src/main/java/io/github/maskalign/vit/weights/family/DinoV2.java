package io.github.maskalign.vit.weights.family;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.vit.Activation;
import io.github.maskalign.vit.BlockConfig;
import io.github.maskalign.vit.Grid;
import io.github.maskalign.vit.Resampling;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.weights.config.ConfigSize;
import io.github.maskalign.vit.weights.config.Fields;
import io.github.maskalign.vit.weights.names.BlockNames;
import io.github.maskalign.vit.weights.processor.PublishedPreprocessing;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** DINOv2 of transformers, with registers or without. */
final class DinoV2 extends HfFamily {

  private static final String REGISTERS = "dinov2_with_registers";

  DinoV2() {
    super("dinov2", REGISTERS);
  }

  @Override
  public List<NameTable> tables() {
    return List.of(
        NameTable.of(
            "Hugging Face's DINOv2",
            "encoder.layer.0.layer_scale1.lambda1",
            "",
            "embeddings.mask_token|classifier.*",
            "encoder.layer.",
            Map.of(
                "cls_token", "embeddings.cls_token",
                "reg_token", "embeddings.register_tokens",
                "pos_embed", "embeddings.position_embeddings",
                "patch_embed.proj", "embeddings.patch_embeddings.projection",
                "norm", "layernorm"),
            Map.of(
                "attn.qkv",
                    BlockNames.HF_QKV + " | attention.q_proj + attention.k_proj + attention.v_proj",
                "attn.proj", "attention.output.dense | attention.o_proj",
                "ls1.gamma", "layer_scale1.lambda1",
                "ls2.gamma", "layer_scale2.lambda1",
                "mlp.fc1", "mlp.fc1 | mlp.weights_in | mlp.gate_proj + mlp.up_proj",
                "mlp.fc2", "mlp.fc2 | mlp.weights_out | mlp.down_proj")));
  }

  @Override
  public String key(JsonNode config, ConfigSize size) {
    return size == ConfigSize.MLP ? "mlp_ratio" : super.key(config, size);
  }

  @Override
  public ViTConfig config(JsonNode config, Held held) {
    Fields fields = new Fields(config);
    boolean registers = config.path("model_type").asText().equals(REGISTERS);
    ViTConfig sized =
        sized(fields, registers ? 16 : 14, 768, 12)
            .asDinoV2(registers ? fields.count("num_register_tokens", 4) : 0);
    Resampling resampling = registers ? Resampling.BICUBIC_ANTIALIAS : Resampling.BICUBIC;
    ViTConfig plain =
        withEps(fields, sized.withTokens(sized.tokens().withResampling(resampling)), 1e-6);
    boolean bias = fields.flag("qkv_bias", true);
    ViTConfig biased =
        plain.withBlocks(plain.blocks().withBias(BlockConfig.Bias.ALL.withQkv(bias)));
    int hidden = (int) (plain.width() * fields.real("mlp_ratio", 4));
    if (!fields.flag("use_swiglu_ffn", false)) {
      return biased.withMlp((double) hidden / plain.width(), activation(fields, "gelu", false));
    }
    int gated = (hidden * 2 / 3 + 7) / 8 * 8;
    return biased.withMlp((double) gated / plain.width(), Activation.SWIGLU);
  }

  /** DINOv2 always takes its table for a square. */
  @Override
  public @Nullable Grid tableGrid(Grid stated, int rows, Grid wanted) {
    Grid square = Grid.ofSquare(rows);
    return square == null ? super.tableGrid(stated, rows, wanted) : square;
  }

  @Override
  PublishedPreprocessing published() {
    return PublishedPreprocessing.DINOV2;
  }
}
