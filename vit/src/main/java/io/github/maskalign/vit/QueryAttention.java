package io.github.maskalign.vit;

import io.github.maskalign.autograd.nn.Init;
import io.github.maskalign.autograd.nn.LayerNorm;
import io.github.maskalign.autograd.nn.Linear;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;

/**
 * tokens [B, T, D] -> [B, Q, E]: attention from Q learned queries to all tokens, both normalized
 * first, as in OpenCLIP's attention pooler.
 */
final class QueryAttention {

  private final Tensor queries;
  private final LayerNorm queryNorm;
  private final LayerNorm tokenNorm;
  private final Linear query;
  private final Linear key;
  private final Linear value;
  private final Linear projection;
  private final int heads;

  private QueryAttention(Parameters.Path path, ViTConfig config, OutputConfig.QueryPool pool) {
    int width = pool.width();
    int tokens = config.width();
    this.queries = path.add("query", Init.normal(1), pool.count(), width);
    this.queryNorm = LayerNorm.create(path.at("norm_q"), width, OutputConfig.QueryPool.NORM_EPS);
    this.tokenNorm = LayerNorm.create(path.at("norm_k"), tokens, OutputConfig.QueryPool.NORM_EPS);
    this.query = Linear.create(path.at("q"), width, width);
    this.key = Linear.create(path.at("k"), tokens, width);
    this.value = Linear.create(path.at("v"), tokens, width);
    this.projection = Linear.create(path.at("proj"), width, width);
    this.heads = pool.heads();
  }

  /** Creates the parameters {@code query, norm_q, norm_k, q, k, v} and {@code proj}. */
  static QueryAttention create(
      Parameters.Path path, ViTConfig config, OutputConfig.QueryPool pool) {
    return new QueryAttention(path, config, pool);
  }

  /** Applies the layer. */
  Tensor forward(Ops ops, Tensor tokens) {
    int batch = tokens.dim(0);
    Tensor normalized = tokenNorm.forward(ops, tokens);
    Tensor q = heads(ops, query.forward(ops, queryNorm.forward(ops, queries)), 1);
    Tensor k = heads(ops, key.forward(ops, normalized), batch);
    Tensor v = heads(ops, value.forward(ops, normalized), batch);
    Tensor logits = ops.matmul(q, ops.transpose(k));
    Tensor seen = ops.softmax(ops.affine(logits, 1 / Math.sqrt(q.dim(3)), 0));
    Tensor joined = ops.permute(ops.matmul(seen, v), 0, 2, 1, 3);
    return projection.forward(ops, ops.reshape(joined, batch, queries.dim(0), queries.dim(1)));
  }

  /** [.., E] -> [batch, heads, .., E / heads]. */
  private Tensor heads(Ops ops, Tensor x, int batch) {
    int length = queries.dim(1) / heads;
    return ops.permute(ops.reshape(x, batch, -1, heads, length), 0, 2, 1, 3);
  }
}
