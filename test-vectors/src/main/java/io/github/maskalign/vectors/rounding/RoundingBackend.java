package io.github.maskalign.vectors.rounding;

import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.MemoryStats;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Storage;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.op.BinaryOp;
import io.github.maskalign.tensor.op.Reduction;
import io.github.maskalign.tensor.op.UnaryOp;
import io.github.maskalign.tensor.random.Philox;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Another backend whose products of F32 matrices round their factors. Fused operations use their
 * default bodies, so that every product of a network and its derivative is one of these.
 */
final class RoundingBackend implements Backend {

  private final Backend exact;
  private final @Nullable FactorGrid grid;
  private boolean multiplies;

  /**
   * Wraps a backend, which the caller closes.
   *
   * @param grid of the factors; they are not rounded if null
   */
  RoundingBackend(Backend exact, @Nullable FactorGrid grid) {
    this.exact = exact;
    this.grid = grid;
  }

  /** Whether it has computed a product of F32. */
  boolean multiplies() {
    return multiplies;
  }

  @Override
  public void matmul(Tensor a, Tensor b, Tensor out) {
    boolean rounds = a.dtype() == DType.F32;
    multiplies |= rounds;
    if (grid == null || !rounds) {
      exact.matmul(a, b, out);
      return;
    }
    try (Scope scope = Scope.root(exact, "factors")) {
      exact.matmul(rounded(scope, a), rounded(scope, b), out);
    }
  }

  private Tensor rounded(Scope scope, Tensor x) {
    float[] values = x.toFloats();
    for (int i = 0; i < values.length; i++) {
      values[i] = grid.round(values[i]);
    }
    return scope.eager().of(values, x.shape().dims());
  }

  @Override
  public String name() {
    return exact.name();
  }

  @Override
  public String description() {
    return exact.description();
  }

  @Override
  public boolean computesInHostMemory() {
    return exact.computesInHostMemory();
  }

  @Override
  public Storage allocate(long bytes) {
    return exact.allocate(bytes);
  }

  @Override
  public MemoryStats memory() {
    return exact.memory();
  }

  @Override
  public void upload(MemorySegment source, Tensor target) {
    exact.upload(source, target);
  }

  @Override
  public void download(Tensor source, MemorySegment target) {
    exact.download(source, target);
  }

  @Override
  public void close() {}

  @Override
  public void fill(Tensor out, double value) {
    exact.fill(out, value);
  }

  @Override
  public void uniform(Philox draws, Tensor out) {
    exact.uniform(draws, out);
  }

  @Override
  public void copy(Tensor x, Tensor out) {
    exact.copy(x, out);
  }

  @Override
  public void unary(UnaryOp op, Tensor x, Tensor out) {
    exact.unary(op, x, out);
  }

  @Override
  public void affine(Tensor x, double scale, double shift, Tensor out) {
    exact.affine(x, scale, shift, out);
  }

  @Override
  public void binary(BinaryOp op, Tensor a, Tensor b, Tensor out) {
    exact.binary(op, a, b, out);
  }

  @Override
  public void reduce(Reduction op, Tensor x, Tensor out) {
    exact.reduce(op, x, out);
  }

  @Override
  public void gatherTokens(Tensor x, Tensor ids, Tensor out) {
    exact.gatherTokens(x, ids, out);
  }

  @Override
  public void scatterTokens(Tensor g, Tensor ids, Tensor out) {
    exact.scatterTokens(g, ids, out);
  }
}
