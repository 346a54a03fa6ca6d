package io.github.maskalign.vit.weights.names;

import java.util.Map;

/** What both towers of OpenCLIP have in common. */
final class OpenClipNames {

  static final Map<String, String> BLOCK =
      Map.of(
          "norm1", "ln_1",
          "attn.qkv", "attn.in_proj_%",
          "attn.proj", "attn.out_proj",
          "norm2", "ln_2",
          "mlp.fc1", "mlp.c_fc",
          "mlp.fc2", "mlp.c_proj");

  private OpenClipNames() {}
}
