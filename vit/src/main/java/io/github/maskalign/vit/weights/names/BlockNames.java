package io.github.maskalign.vit.weights.names;

import java.util.Map;

/**
 * Name rules for the layers of a block, shared by several kinds of files.
 *
 * @since 0.1.0
 */
public final class BlockNames {

  /** Queries, keys and values in Hugging Face's ViT and DINOv2. */
  public static final String HF_QKV =
      "attention.attention.query + attention.attention.key + attention.attention.value";

  /** Hugging Face's CLIP and SigLIP. */
  public static final Map<String, String> HF_CLIP =
      Map.of(
          "norm1", "layer_norm1",
          "attn.qkv", "self_attn.q_proj + self_attn.k_proj + self_attn.v_proj",
          "attn.proj", "self_attn.out_proj",
          "norm2", "layer_norm2");

  /** Both towers of OpenCLIP. */
  public static final Map<String, String> OPEN_CLIP =
      Map.of(
          "norm1", "ln_1",
          "attn.qkv", "attn.in_proj_%",
          "attn.q_norm", "attn.ln_q",
          "attn.k_norm", "attn.ln_k",
          "attn.proj", "attn.out_proj",
          "ls1.gamma", "ls_1.gamma",
          "ls2.gamma", "ls_2.gamma",
          "norm2", "ln_2",
          "mlp.fc1", "mlp.c_fc",
          "mlp.fc2", "mlp.c_proj");

  private BlockNames() {}
}
