package io.github.maskalign.vit.export;

import io.github.maskalign.vit.FinalNorm;
import io.github.maskalign.vit.OutputConfig;
import io.github.maskalign.vit.Pooling;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.export.OnnxGraph.Attribute;
import java.util.List;
import java.util.Objects;

/** The pooling of a network as ONNX: tokens [B, T, D], normalized -> [B, P]. */
final class PoolingGraph {

  private static final String POOL = "attn_pool";

  private final OnnxGraph graph;
  private final OnnxLayers layers;
  private final ViTConfig config;
  private final long tokens;

  PoolingGraph(OnnxGraph graph, OnnxLayers layers, ViTConfig config) {
    this.graph = graph;
    this.layers = layers;
    this.config = config;
    this.tokens = config.prefixTokens() + config.patches();
  }

  String of(String x) {
    String pooled =
        switch (config.output().pooling()) {
          case CLASS_TOKEN -> normalized(graph.gather(x, 1, 0));
          case MEAN_PATCHES -> normalized(reduced("ReduceMean", patches(x)));
          case MEAN_TOKENS -> normalized(reduced("ReduceMean", x));
          case MAX_PATCHES -> normalized(reduced("ReduceMax", patches(x)));
          case MEAN_MAX -> {
            String patches = patches(x);
            String sum = graph.add(reduced("ReduceMax", patches), reduced("ReduceMean", patches));
            yield normalized(graph.mul(sum, graph.scalar(0.5)));
          }
          case CLASS_AND_MEAN ->
              graph.concat(-1, graph.gather(x, 1, 0), reduced("ReduceMean", patches(x)));
          case CLASS_AND_DISTILLATION ->
              graph.reshape(graph.slice(x, 1, 0, 2), 0, 2L * config.width());
          case MEAN_CLASS_AND_DISTILLATION ->
              normalized(reduced("ReduceMean", graph.slice(x, 1, 0, 2)));
          case ATTENTION -> normalized(attention(patches(x)));
          case QUERIES -> queries(x, Objects.requireNonNull(config.output().queries()));
          case NONE -> normalized(x);
        };
    return config.output().pooler() == 0
        ? pooled
        : graph.apply("Tanh", List.of(layers.linear(pooled, "pooler.dense")));
  }

  private String normalized(String x) {
    return config.output().norm() == FinalNorm.POOLED ? layers.norm(x, "fc_norm") : x;
  }

  private String patches(String x) {
    return graph.slice(x, 1, config.prefixTokens(), tokens);
  }

  private String reduced(String operator, String x) {
    return graph.apply(
        operator, List.of(x), new Attribute.Ints("axes", 1), new Attribute.Int("keepdims", 0));
  }

  private String attention(String patches) {
    long length = config.width() / config.heads();
    String query = layers.linear(layers.constant(POOL + ".latent"), POOL + ".q");
    String q = graph.transpose(graph.reshape(query, 1, 1, config.heads(), length), 0, 2, 1, 3);
    String packed = layers.linear(patches, POOL + ".kv");
    String split =
        graph.transpose(graph.reshape(packed, 0, 0, 2, config.heads(), length), 2, 0, 3, 1, 4);
    String attended = layers.attend(q, graph.gather(split, 0, 0), graph.gather(split, 0, 1));
    String x = graph.gather(layers.linear(attended, POOL + ".proj"), 1, 0);
    return graph.add(x, layers.mlp(layers.norm(x, POOL + ".norm"), POOL + ".mlp"));
  }

  private String queries(String x, OutputConfig.QueryPool pool) {
    double eps = OutputConfig.QueryPool.NORM_EPS;
    String normalized = layers.norm(x, POOL + ".norm_k", eps);
    String query = layers.norm(layers.constant(POOL + ".query"), POOL + ".norm_q", eps);
    String asked = graph.reshape(layers.linear(query, POOL + ".q"), 1, pool.count(), pool.width());
    String q = heads(asked, pool);
    String k = heads(layers.linear(normalized, POOL + ".k"), pool);
    String v = heads(layers.linear(normalized, POOL + ".v"), pool);
    String attended = layers.attend(q, k, v, pool.width(), pool.heads());
    String all = normalized(layers.linear(attended, POOL + ".proj"));
    return pool.over() == Pooling.CLASS_TOKEN
        ? graph.gather(all, 1, 0)
        : reduced("ReduceMean", graph.slice(all, 1, 1, pool.count()));
  }

  private String heads(String x, OutputConfig.QueryPool pool) {
    long length = pool.width() / pool.heads();
    return graph.transpose(graph.reshape(x, 0, 0, pool.heads(), length), 0, 2, 1, 3);
  }
}
