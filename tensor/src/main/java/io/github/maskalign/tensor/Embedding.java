package io.github.maskalign.tensor;

/** Lookup in a table and its gradient, in primitives: the rows are the tokens of one image. */
final class Embedding {

  private Embedding() {}

  static Tensor forward(Eager ops, Tensor table, Tensor ids) {
    int width = table.dim(1);
    return ops.within(
        "embedding",
        o -> {
          Tensor image = o.broadcast(table, Shape.of(1, table.dim(0), width));
          Tensor chosen = o.gatherTokens(image, flat(o, ids));
          return o.reshape(chosen, ids.shape().append(width).dims());
        });
  }

  static Tensor backward(Eager ops, Tensor g, Tensor ids, int rows) {
    int width = g.dim(-1);
    return ops.within(
        "embeddingGrad",
        o -> {
          Tensor flat = flat(o, ids);
          Tensor tokens = o.reshape(g, 1, flat.dim(1), width);
          return o.reshape(((Eager) o).scatterTokens(tokens, flat, rows), rows, width);
        });
  }

  /** The ids of one image, [1, K]. */
  private static Tensor flat(Ops o, Tensor ids) {
    return o.reshape(ids, 1, Check.intSize("embedding", ids.shape()));
  }
}
