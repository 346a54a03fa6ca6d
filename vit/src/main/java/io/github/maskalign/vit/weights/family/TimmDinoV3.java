package io.github.maskalign.vit.weights.family;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.vit.TokenConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** timm's DINOv3, built from parts of EVA. */
final class TimmDinoV3 extends TimmVit {

  static final Map<String, String> BLOCK = block();

  private static Map<String, String> block() {
    Map<String, String> rules = new HashMap<>();
    rules.put(
        "attn.qkv.bias",
        "attn.qkv.bias | attn.q_bias + zeros(attn.v_bias/1) + attn.v_bias"
            + " | zeros(attn.qkv.weight/1)");
    rules.put("ls1.gamma", "gamma_1");
    rules.put("ls2.gamma", "gamma_2");
    rules.put("mlp.fc1", "mlp.fc1 | mlp.fc1_g + mlp.fc1_x");
    return Map.copyOf(rules);
  }

  @Override
  public List<NameTable> tables() {
    return List.of(
        NameTable.of(
            "timm's DINOv3 (EVA)",
            "blocks.0.gamma_1",
            "",
            "mask_token|rope.*",
            "blocks.",
            Map.of("projection", "/visual.head.proj"),
            BLOCK));
  }

  @Override
  public boolean reads(JsonNode config) {
    return super.reads(config) && config.get("architecture").textValue().contains("dinov3");
  }

  @Override
  public double usualEps(TokenConfig tokens) {
    return 1e-5;
  }
}
