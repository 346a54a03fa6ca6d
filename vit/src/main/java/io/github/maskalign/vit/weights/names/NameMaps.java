package io.github.maskalign.vit.weights.names;

import io.github.maskalign.tensor.error.FormatException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The name maps of known files; {@link NameRule} says how their rules are read.
 *
 * @since 0.1.0
 */
public enum NameMaps implements NameMap {
  /** Timm's DINOv3, which it builds of EVA's parts. */
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

  /** Names as they are: timm's, and so ours, MAE's, DINO's, and the official MaskAlign code's. */
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
      HfNames.CLIP_BLOCK),

  /** OpenCLIP's names, which are those of OpenAI's code: the image tower. */
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
      OpenClipNames.BLOCK),

  /** Hugging Face's SigLIP: the image tower with its pooling head. */
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
      HfNames.CLIP_BLOCK),

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
          "attn.qkv", HfNames.VIT_QKV,
          "attn.proj", "attention.output.dense",
          "ls1.gamma", "layer_scale1.lambda1",
          "ls2.gamma", "layer_scale2.lambda1",
          "mlp.fc1", "mlp.fc1 | mlp.weights_in",
          "mlp.fc2", "mlp.fc2 | mlp.weights_out")),

  /** Hugging Face's DINOv3; keys have no bias there. */
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

  /** Hugging Face's ViT, in which DINO is published; the pooler is ignored. */
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
          "attn.qkv", HfNames.VIT_QKV,
          "attn.proj", "attention.output.dense",
          "norm2", "layernorm_after",
          "mlp.fc1", "intermediate.dense",
          "mlp.fc2", "output.dense"));

  private final String title;
  private final String landmark;
  private final NameMap rules;

  NameMaps(
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

  /** For people. */
  public String title() {
    return title;
  }

  /**
   * What was found in a file.
   *
   * @param names the map
   * @param prefix what all names of the network start with, such as {@code "model."}
   */
  public record Found(NameMaps names, String prefix) {

    /** The same where all names have one more prefix. */
    public Found below(String outer) {
      return new Found(names, outer + prefix);
    }
  }

  /**
   * The map for a file with these names.
   *
   * @throws FormatException if none is known
   */
  public static NameMaps detect(Set<String> names) {
    return find(names)
        .filter(found -> found.prefix().isEmpty())
        .map(Found::names)
        .orElseThrow(() -> unknown(names));
  }

  /**
   * The map for a file in which the network's names may have a prefix, as {@code module.} from
   * distributed training. Of several networks in a file, a student and teachers, a teacher's or
   * averaged weights come first, then the shortest prefix.
   */
  public static Optional<Found> find(Set<String> names) {
    for (NameMaps map : values()) {
      Optional<String> prefix =
          names.stream()
              .filter(name -> map.ends(name))
              .map(name -> name.substring(0, name.length() - map.landmark.length()))
              .min(
                  Comparator.<String>comparingInt(text -> text.matches("(teacher|.*ema).*") ? 0 : 1)
                      .thenComparingInt(String::length));
      if (prefix.isPresent()) {
        return Optional.of(new Found(map, prefix.get()));
      }
    }
    return Optional.empty();
  }

  /**
   * What {@link #find} finds.
   *
   * @throws FormatException if no map is known
   */
  public static Found require(Set<String> names) {
    return find(names).orElseThrow(() -> unknown(names));
  }

  private boolean ends(String name) {
    return name.equals(landmark) || name.endsWith("." + landmark);
  }

  private static FormatException unknown(Set<String> names) {
    return new FormatException(
        "no known names of a Vision Transformer among %d tensors; expected those of timm, of"
                .formatted(names.size())
            + " OpenCLIP, or of Hugging Face's CLIP, SigLIP, ViT, DINOv2 or DINOv3");
  }

  @Override
  public List<Piece> sources(String parameter, Set<String> names) {
    return rules.sources(parameter, names);
  }

  @Override
  public boolean ignores(String name) {
    return rules.ignores(name);
  }
}
