package io.github.maskalign.vit.weights.names;

import java.util.Map;

/** What several of Hugging Face's networks have in common. */
final class HfNames {

  static final String VIT_QKV =
      "attention.attention.query + attention.attention.key + attention.attention.value";

  /** Blocks of CLIP and of SigLIP. */
  static final Map<String, String> CLIP_BLOCK =
      Map.of(
          "norm1", "layer_norm1",
          "attn.qkv", "self_attn.q_proj + self_attn.k_proj + self_attn.v_proj",
          "attn.proj", "self_attn.out_proj",
          "norm2", "layer_norm2");

  private HfNames() {}
}
