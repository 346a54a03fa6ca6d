package io.github.maskalign.vit.weights.names;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.Quantity;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The names of Vision Transformers in known files; see {@link NameRule} for the syntax of rules.
 *
 * @since 0.1.0
 */
public enum ViTNames implements NameMap {
  /** timm's DINOv3, built from parts of EVA. */
  TIMM_EVA(
      "timm's DINOv3 (EVA)",
      "blocks.0.gamma_1",
      "mask_token|rope.*",
      "blocks.",
      Map.of(),
      Map.of(
          "attn.qkv.bias",
              "attn.qkv.bias | attn.q_bias + zeros(attn.v_bias/1) + attn.v_bias"
                  + " | zeros(attn.qkv.weight/1)",
          "ls1.gamma", "gamma_1",
          "ls2.gamma", "gamma_2")),

  /** timm's names, also used by this library, MAE, DINO and the official MaskAlign code. */
  TIMM(
      "timm, or the official code of MAE, MaskAlign, DINO, DINOv2 or DINOv3",
      "patch_embed.proj.weight",
      "mask_token|rope_embed.*|*.bias_mask",
      "blocks.",
      Map.of("reg_token", "reg_token | register_tokens | storage_tokens"),
      Map.of(
          "attn.qkv.bias",
              "?attn.qkv.bias_mask + attn.qkv.bias[0-1/3] + zeros(attn.qkv.bias/3)"
                  + " + attn.qkv.bias[2-3/3] | attn.qkv.bias",
          "mlp.fc1", "mlp.fc1 | mlp.w12 | mlp.w1 + mlp.w2",
          "mlp.fc2", "mlp.fc2 | mlp.w3")),

  /** Hugging Face's CLIP: the image tower; the text tower is ignored. */
  HF_CLIP(
      "Hugging Face's CLIP",
      "vision_model.embeddings.class_embedding",
      "text_model.*|visual_projection.*|text_projection.*|logit_scale|*.position_ids",
      "vision_model.encoder.layers.",
      Map.of(
          "cls_token", "vision_model.embeddings.class_embedding",
          "pos_embed", "vision_model.embeddings.position_embedding.weight",
          "patch_embed.proj", "vision_model.embeddings.patch_embedding",
          "norm_pre", "vision_model.pre_layrnorm",
          "norm", "vision_model.post_layernorm",
          "projection", "visual_projection"),
      BlockNames.HF_CLIP),

  /** OpenCLIP and OpenAI's CLIP: the image tower. */
  OPEN_CLIP(
      "OpenCLIP",
      "visual.class_embedding",
      "visual.proj|transformer.*|token_embedding.*|positional_embedding|text_projection|ln_final.*"
          + "|text.*|logit_scale|logit_bias|attn_mask",
      "visual.transformer.resblocks.",
      Map.of(
          "cls_token", "visual.class_embedding",
          "pos_embed", "visual.positional_embedding",
          "patch_embed.proj", "visual.conv1",
          "norm_pre", "visual.ln_pre",
          "norm", "visual.ln_post",
          "projection.weight", "visual.proj^T"),
      BlockNames.OPEN_CLIP),

  /** Hugging Face's SigLIP: the image tower with its attention pool. */
  HF_SIGLIP(
      "Hugging Face's SigLIP",
      "vision_model.embeddings.position_embedding.weight",
      "text_model.*|logit_scale|logit_bias|*.position_ids",
      "vision_model.encoder.layers.",
      Map.of(
          "pos_embed", "vision_model.embeddings.position_embedding.weight",
          "patch_embed.proj", "vision_model.embeddings.patch_embedding",
          "norm", "vision_model.post_layernorm",
          "attn_pool.latent", "vision_model.head.probe",
          "attn_pool.q", "vision_model.head.attention.in_proj_%[0-1/3]",
          "attn_pool.kv", "vision_model.head.attention.in_proj_%[1-3/3]",
          "attn_pool.proj", "vision_model.head.attention.out_proj",
          "attn_pool.norm", "vision_model.head.layernorm",
          "attn_pool.mlp.fc1", "vision_model.head.mlp.fc1",
          "attn_pool.mlp.fc2", "vision_model.head.mlp.fc2"),
      BlockNames.HF_CLIP),

  /** Hugging Face's DINOv2, with registers or without. */
  HF_DINOV2(
      "Hugging Face's DINOv2",
      "encoder.layer.0.layer_scale1.lambda1",
      "embeddings.mask_token",
      "encoder.layer.",
      Map.of(
          "cls_token", "embeddings.cls_token",
          "reg_token", "embeddings.register_tokens",
          "pos_embed", "embeddings.position_embeddings",
          "patch_embed.proj", "embeddings.patch_embeddings.projection",
          "norm", "layernorm"),
      Map.of(
          "attn.qkv", BlockNames.HF_QKV,
          "attn.proj", "attention.output.dense",
          "ls1.gamma", "layer_scale1.lambda1",
          "ls2.gamma", "layer_scale2.lambda1",
          "mlp.fc1", "mlp.fc1 | mlp.weights_in",
          "mlp.fc2", "mlp.fc2 | mlp.weights_out")),

  /** Hugging Face's DINOv3, whose keys have no bias. */
  HF_DINOV3(
      "Hugging Face's DINOv3",
      "embeddings.patch_embeddings.weight",
      "embeddings.mask_token|rope_embeddings.*",
      "layer.",
      Map.of(
          "cls_token", "embeddings.cls_token",
          "reg_token", "embeddings.register_tokens",
          "patch_embed.proj", "embeddings.patch_embeddings"),
      Map.of(
          "attn.qkv", "attention.q_proj + attention.k_proj + attention.v_proj",
          "attn.qkv.bias",
              "attention.q_proj.bias + attention.k_proj.bias + attention.v_proj.bias"
                  + " | attention.q_proj.bias + zeros(attention.k_proj.weight/1)"
                  + " + attention.v_proj.bias",
          "attn.proj", "attention.o_proj",
          "ls1.gamma", "layer_scale1.lambda1",
          "ls2.gamma", "layer_scale2.lambda1",
          "mlp.fc1", "mlp.gate_proj + mlp.up_proj | mlp.up_proj",
          "mlp.fc2", "mlp.down_proj")),

  /** Hugging Face's ViT, also used for DINO; the pooler is ignored. */
  HF_VIT(
      "Hugging Face's ViT (and DINO)",
      "embeddings.patch_embeddings.projection.weight",
      "pooler.*|embeddings.mask_token",
      "encoder.layer.",
      Map.of(
          "cls_token", "embeddings.cls_token",
          "pos_embed", "embeddings.position_embeddings",
          "patch_embed.proj", "embeddings.patch_embeddings.projection",
          "norm", "layernorm"),
      Map.of(
          "norm1", "layernorm_before",
          "attn.qkv", BlockNames.HF_QKV,
          "attn.proj", "attention.output.dense",
          "norm2", "layernorm_after",
          "mlp.fc1", "intermediate.dense",
          "mlp.fc2", "output.dense"));

  private final String title;
  private final String landmark;
  private final NameMap rules;

  ViTNames(
      String title,
      String landmark,
      String ignored,
      String blocks,
      Map<String, String> whole,
      Map<String, String> inBlock) {
    this.title = title;
    this.landmark = landmark;
    this.rules = NameRules.of(ignored, blocks, whole, inBlock);
  }

  /** A description for messages. */
  public String title() {
    return title;
  }

  /**
   * The map of a file and the prefix of its names.
   *
   * @param names the map
   * @param prefix of all names of the network, such as {@code "model."}
   */
  public record Found(ViTNames names, String prefix) {

    /** The same with one more prefix. */
    public Found below(String outer) {
      return new Found(names, outer + prefix);
    }
  }

  /**
   * The map for a file with these names.
   *
   * @throws FormatException if none matches
   */
  public static ViTNames detect(Set<String> names) {
    return find(names)
        .filter(found -> found.prefix().isEmpty())
        .map(Found::names)
        .orElseThrow(() -> unknown(names));
  }

  /**
   * The map for a file in which the network's names may have a prefix, such as {@code module.} from
   * distributed training. If a file contains several networks, such as a student and a teacher, a
   * teacher's or averaged weights are preferred, then a prefix that only names the network as a
   * whole, such as {@code backbone.}, then the shortest path.
   *
   * @throws FormatException if several networks are as good
   */
  public static Optional<Found> find(Set<String> names) {
    Map<String, ViTNames> byPrefix = new LinkedHashMap<>();
    for (ViTNames map : values()) {
      for (String name : names) {
        if (map.ends(name)) {
          String prefix = name.substring(0, name.length() - map.landmark.length());
          byPrefix.putIfAbsent(prefix, map);
        }
      }
    }
    if (byPrefix.isEmpty()) {
      return Optional.empty();
    }
    String prefix = PrefixChoice.best(byPrefix.keySet());
    return Optional.of(new Found(byPrefix.get(prefix), prefix));
  }

  /**
   * The result of {@link #find}.
   *
   * @throws FormatException if no map matches
   */
  public static Found require(Set<String> names) {
    return find(names).orElseThrow(() -> unknown(names));
  }

  private boolean ends(String name) {
    return name.equals(landmark) || name.endsWith("." + landmark);
  }

  private static FormatException unknown(Set<String> names) {
    return new FormatException(
        "no Vision Transformer with known names among %s; expected the names of timm, of"
                .formatted(Quantity.of(names.size(), "tensor"))
            + " OpenCLIP, or of Hugging Face's CLIP, SigLIP, ViT, DINOv2 or DINOv3");
  }

  @Override
  public List<TensorPart> sources(String parameter, Set<String> names) {
    return rules.sources(parameter, names);
  }

  @Override
  public boolean ignores(String name) {
    return rules.ignores(name);
  }
}
