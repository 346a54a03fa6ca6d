package io.github.maskalign.vit;

import io.github.maskalign.tensor.FormatException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The name maps of known files. */
public enum NameMaps implements NameMap {
  /** Names as they are: timm's, and so ours and the official MaskAlign code's. */
  TIMM("patch_embed.proj.weight", "", Map.of(), Map.of(), name -> false),

  /** Hugging Face's CLIP: the image tower; text and projections are ignored. */
  HF_CLIP(
      "vision_model.embeddings.class_embedding",
      "vision_model.encoder.layers.",
      Map.of(
          "cls_token", "vision_model.embeddings.class_embedding",
          "pos_embed", "vision_model.embeddings.position_embedding.weight",
          "patch_embed.proj", "vision_model.embeddings.patch_embedding",
          "norm_pre", "vision_model.pre_layrnorm",
          "norm", "vision_model.post_layernorm"),
      Map.of(
          "norm1", List.of("layer_norm1"),
          "attn.qkv", List.of("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
          "attn.proj", List.of("self_attn.out_proj"),
          "norm2", List.of("layer_norm2"),
          "mlp.fc1", List.of("mlp.fc1"),
          "mlp.fc2", List.of("mlp.fc2")),
      name -> !name.startsWith("vision_model.") || name.endsWith(".position_ids")),

  /** Hugging Face's ViT, in which DINO is published; the pooler is ignored. */
  HF_VIT(
      "embeddings.patch_embeddings.projection.weight",
      "encoder.layer.",
      Map.of(
          "cls_token", "embeddings.cls_token",
          "pos_embed", "embeddings.position_embeddings",
          "patch_embed.proj", "embeddings.patch_embeddings.projection",
          "norm", "layernorm"),
      Map.of(
          "norm1", List.of("layernorm_before"),
          "attn.qkv",
              List.of(
                  "attention.attention.query",
                  "attention.attention.key",
                  "attention.attention.value"),
          "attn.proj", List.of("attention.output.dense"),
          "norm2", List.of("layernorm_after"),
          "mlp.fc1", List.of("intermediate.dense"),
          "mlp.fc2", List.of("output.dense")),
      name -> name.startsWith("pooler.") || name.equals("embeddings.mask_token"));

  private static final Pattern IN_BLOCK = Pattern.compile("blocks\\.(\\d+)\\.(.+)\\.(weight|bias)");
  private static final Pattern WHOLE = Pattern.compile("(.+?)(\\.weight|\\.bias)?");

  private final String landmark;
  private final String blocks;
  private final Map<String, String> whole;
  private final Map<String, List<String>> inBlock;
  private final Predicate<String> ignored;

  NameMaps(
      String landmark,
      String blocks,
      Map<String, String> whole,
      Map<String, List<String>> inBlock,
      Predicate<String> ignored) {
    this.landmark = landmark;
    this.blocks = blocks;
    this.whole = whole;
    this.inBlock = inBlock;
    this.ignored = ignored;
  }

  /**
   * The map for a file with these names.
   *
   * @throws FormatException if none is known
   */
  public static NameMaps detect(Set<String> names) {
    for (NameMaps map : values()) {
      if (names.contains(map.landmark)) {
        return map;
      }
    }
    throw new FormatException(
        "no known names of a Vision Transformer among "
            + names.size()
            + " tensors; expected those of timm, of Hugging Face's CLIP or of its ViT");
  }

  @Override
  public List<String> sources(String parameter) {
    Matcher matcher = IN_BLOCK.matcher(parameter);
    if (matcher.matches() && inBlock.containsKey(matcher.group(2))) {
      String before = blocks + matcher.group(1) + ".";
      String after = "." + matcher.group(3);
      return inBlock.get(matcher.group(2)).stream().map(part -> before + part + after).toList();
    }
    matcher = WHOLE.matcher(parameter);
    if (matcher.matches() && whole.containsKey(matcher.group(1))) {
      String suffix = matcher.group(2) == null ? "" : matcher.group(2);
      return List.of(whole.get(matcher.group(1)) + suffix);
    }
    return List.of(parameter);
  }

  @Override
  public boolean ignores(String name) {
    return ignored.test(name);
  }
}
