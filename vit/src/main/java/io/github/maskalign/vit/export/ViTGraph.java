package io.github.maskalign.vit.export;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.vit.FinalNorm;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.PositionEmbedding;
import io.github.maskalign.vit.RotaryTable;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.export.OnnxGraph.Attribute;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A Vision Transformer as an ONNX graph. */
final class ViTGraph {

  private final OnnxGraph graph = new OnnxGraph();
  private final OnnxLayers layers;
  private final ViTConfig config;
  private final OnnxExport.Options options;
  private final long width;
  private final long tokens;

  ViTGraph(ViTConfig config, Parameters parameters, OnnxExport.Options options) {
    this.layers = new OnnxLayers(graph, parameters, config);
    this.config = config;
    this.options = options;
    this.width = config.width();
    this.tokens = config.prefixTokens() + config.patches();
  }

  OnnxGraph build() {
    long batch = options.batch() == 0 ? -1 : options.batch();
    graph.input(
        "images",
        batch,
        config.channels(),
        config.imageSize().height(),
        config.imageSize().width());
    String x = embedding();
    Rotary rotary = config.tokens().positions() == PositionEmbedding.ROTARY ? rotary() : null;
    for (int i = 0; i < config.depth(); i++) {
      x = block(x, "blocks." + i, rotary);
    }
    String last = config.output().norm() == FinalNorm.TOKENS ? layers.norm(x, "norm") : x;
    String pooled = new PoolingGraph(graph, layers, config).of(last);
    if (options.classes() > 0) {
      graph.output(logits(pooled), "logits", batch, options.classes());
    } else {
      graph.output(last, "tokens", batch, tokens, width);
      if (config.output().pooling() == Pooling.NONE) {
        return graph;
      }
      graph.output(pooled, "pooled", batch, config.pooledWidth());
    }
    return graph;
  }

  private String logits(String pooled) {
    if (config.output().pooling() != Pooling.CLASS_AND_DISTILLATION) {
      return layers.linear(pooled, "head");
    }
    String ofClass = layers.linear(graph.slice(pooled, 1, 0, width), "head");
    String distilled = layers.linear(graph.slice(pooled, 1, width, 2 * width), "head_dist");
    return graph.mul(graph.add(ofClass, distilled), graph.scalar(0.5));
  }

  // ---- embedding ----

  private String embedding() {
    String x = patches();
    if (layers.has("pos_embed")) {
      x =
          graph.add(
              x, graph.constant("patch_positions", patchPositions(), 1, config.patches(), width));
    }
    if (config.prefixTokens() > 0) {
      String prefix = graph.constant("prefix", prefix(), 1, config.prefixTokens(), width);
      String each = graph.ints(config.prefixTokens(), width);
      String shape = graph.concat(0, batch(), each);
      x = graph.concat(1, graph.apply("Expand", List.of(prefix, shape)), x);
    }
    return config.tokens().norm() ? layers.norm(x, "norm_pre") : x;
  }

  private String patches() {
    long patch = config.patchSize();
    String weight = layers.constant("patch_embed.proj.weight");
    List<String> inputs =
        config.input().bias()
            ? List.of("images", weight, layers.constant("patch_embed.proj.bias"))
            : List.of("images", weight);
    String image =
        graph.apply(
            "Conv",
            inputs,
            new Attribute.Ints("kernel_shape", patch, patch),
            new Attribute.Ints("strides", patch, patch));
    return graph.transpose(graph.reshape(image, 0, width, config.patches()), 0, 2, 1);
  }

  /** The batch size, as a list of one. */
  private String batch() {
    return options.batch() > 0
        ? graph.ints(options.batch())
        : graph.slice(graph.apply("Shape", List.of("images")), 0, 0, 1);
  }

  private float[] patchPositions() {
    float[] table = layers.values("pos_embed");
    int from = config.tokens().positionedPrefix() * config.width();
    return Arrays.copyOfRange(table, from, table.length);
  }

  /** Class token, distillation token and registers, with their positions. */
  private float[] prefix() {
    float[] prefix = new float[config.prefixTokens() * config.width()];
    int at = 0;
    for (String name : List.of("cls_token", "dist_token", "reg_token")) {
      if (layers.has(name)) {
        float[] own = layers.values(name);
        System.arraycopy(own, 0, prefix, at, own.length);
        at += own.length;
      }
    }
    if (layers.has("pos_embed")) {
      float[] table = layers.values("pos_embed");
      for (int i = 0; i < config.tokens().positionedPrefix() * config.width(); i++) {
        prefix[i] += table[i];
      }
    }
    return prefix;
  }

  // ---- blocks ----

  private String block(String x, String name, @Nullable Rotary rotary) {
    long length = width / config.heads();
    String packed = layers.qkv(layers.norm(x, name + ".norm1"), name + ".attn");
    String split =
        graph.transpose(graph.reshape(packed, 0, 0, 3, config.heads(), length), 2, 0, 3, 1, 4);
    String q = layers.normIfPresent(graph.gather(split, 0, 0), name + ".attn.q_norm");
    String k = layers.normIfPresent(graph.gather(split, 0, 1), name + ".attn.k_norm");
    String v = graph.gather(split, 0, 2);
    String attended =
        rotary == null ? layers.attend(q, k, v) : layers.attend(rotary.of(q), rotary.of(k), v);
    String middle =
        graph.add(x, scaled(layers.linear(attended, name + ".attn.proj"), name + ".ls1"));
    String mlp = layers.mlp(layers.norm(middle, name + ".norm2"), name + ".mlp");
    return graph.add(middle, scaled(mlp, name + ".ls2"));
  }

  private String scaled(String branch, String name) {
    return layers.has(name + ".gamma")
        ? graph.mul(branch, layers.constant(name + ".gamma"))
        : branch;
  }

  /** Rotates queries or keys [B, heads, T, length] by their positions. */
  private final class Rotary {

    private final String cos;
    private final String sin;
    private final long length;

    Rotary(String cos, String sin, long length) {
      this.cos = cos;
      this.sin = sin;
      this.length = length;
    }

    String of(String x) {
      String second = graph.slice(x, -1, length / 2, length);
      String swapped = graph.concat(-1, second, graph.slice(x, -1, 0, length / 2));
      return graph.add(graph.mul(x, cos), graph.mul(swapped, sin));
    }
  }

  private Rotary rotary() {
    RotaryTable table = RotaryTable.of(config);
    long length = table.length();
    return new Rotary(
        graph.constant("rotary_cos", table.cos(), tokens, length),
        graph.constant("rotary_sin", table.sin(), tokens, length),
        length);
  }
}
