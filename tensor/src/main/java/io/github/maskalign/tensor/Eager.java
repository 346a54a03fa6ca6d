package io.github.maskalign.tensor;

import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.op.BinaryOp;
import io.github.maskalign.tensor.op.Gelu;
import io.github.maskalign.tensor.op.Reduction;
import io.github.maskalign.tensor.op.UnaryOp;
import io.github.maskalign.tensor.random.Philox;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Computes immediately: checks the operands, then makes one call on the {@link Backend}. Besides
 * the differentiable operations it has the fused derivatives that a tape calls in its backward
 * pass.
 *
 * @since 0.1.0
 */
public final class Eager implements Ops {

  private final Scope scope;
  private final Backend backend;

  Eager(Scope scope) {
    this.scope = scope;
    this.backend = scope.backend();
  }

  @Override
  public Scope scope() {
    return scope;
  }

  // ---- new tensors ----

  /** Creates a tensor with arbitrary content, for a backend to write. */
  public Tensor empty(DType dtype, Shape shape) {
    return scope.allocate(dtype, shape);
  }

  /** Creates a tensor of the shape and type of another, with arbitrary content. */
  public Tensor emptyLike(Tensor x) {
    return scope.allocate(x.dtype(), x.shape());
  }

  @Override
  public Tensor of(float[] values, int... dims) {
    return upload(DType.F32, MemorySegment.ofArray(values), values.length, dims);
  }

  @Override
  public Tensor of(double[] values, int... dims) {
    return upload(DType.F64, MemorySegment.ofArray(values), values.length, dims);
  }

  @Override
  public Tensor of(int[] values, int... dims) {
    return upload(DType.I32, MemorySegment.ofArray(values), values.length, dims);
  }

  /** Creates a tensor of any type from row-major values in host memory. */
  public Tensor of(DType dtype, MemorySegment values, Shape shape) {
    if (values.byteSize() % dtype.bytes() != 0) {
      throw new ShapeException(
          "of: " + values.byteSize() + " bytes are not a whole number of " + dtype);
    }
    return upload(dtype, values, values.byteSize() / dtype.bytes(), shape.dims());
  }

  private Tensor upload(DType dtype, MemorySegment values, long count, int... dims) {
    Shape shape = Shape.of(dims);
    if (shape.size() != count) {
      throw new ShapeException("of: " + count + " values do not match shape " + shape);
    }
    Tensor out = empty(dtype, shape);
    backend.upload(values, out);
    return out;
  }

  @Override
  public Tensor full(DType dtype, Shape shape, double value) {
    Tensor out = empty(dtype, shape);
    backend.fill(out, value);
    return out;
  }

  @Override
  public Tensor uniform(Philox draws, int... dims) {
    Tensor out = empty(DType.F32, Shape.of(dims));
    backend.uniform(draws, out);
    return out;
  }

  // ---- elementwise ----

  @Override
  public Tensor unary(UnaryOp op, Tensor x) {
    Check.arithmetic(op.name(), x);
    Tensor out = emptyLike(x);
    backend.unary(op, x, out);
    return out;
  }

  @Override
  public Tensor binary(BinaryOp op, Tensor a, Tensor b) {
    Check.sameArithmetic(op.name(), a, b);
    Shape shape = Shape.broadcast(op.name(), a.shape(), b.shape());
    Tensor out = empty(a.dtype(), shape);
    Tensor wideA = expand(a, shape);
    Tensor wideB = expand(b, shape);
    backend.binary(op, wideA, wideB, out);
    done(wideA, a);
    done(wideB, b);
    return out;
  }

  @Override
  public Tensor affine(Tensor x, double scale, double shift) {
    Check.arithmetic("affine", x);
    Tensor out = emptyLike(x);
    backend.affine(x, scale, shift, out);
    return out;
  }

  @Override
  public Tensor gelu(Tensor x, Gelu kind) {
    Check.arithmetic("gelu", x);
    return Contiguous.run(this, x, p -> backend.gelu(this, p, kind));
  }

  /** Gradient of {@link #gelu}. */
  public Tensor geluGrad(Tensor x, Gelu kind, Tensor g) {
    return Contiguous.run(this, x, g, (p, pg) -> backend.geluGrad(this, p, kind, pg));
  }

  // ---- reductions ----

  @Override
  public Tensor sum(Tensor x, boolean keepAxes, int... axes) {
    return reduce(Reduction.SUM, x, keepAxes, axes);
  }

  @Override
  public Tensor max(Tensor x, boolean keepAxes, int... axes) {
    return reduce(Reduction.MAX, x, keepAxes, axes);
  }

  private Tensor reduce(Reduction op, Tensor x, boolean keepAxes, int... axes) {
    Check.arithmetic(op.name(), x);
    Shape kept = Check.reduced(op.name(), x.shape(), axes);
    Tensor out = empty(x.dtype(), kept);
    backend.reduce(op, x, out);
    return keepAxes ? out : renamed(out, Check.dropped(x.shape(), axes));
  }

  // ---- products ----

  @Override
  public Tensor matmul(Tensor a, Tensor b) {
    Check.sameArithmetic("matmul", a, b);
    Shape batch = Check.matmul(a.shape(), b.shape());
    int m = a.dim(-2);
    int n = b.dim(-1);
    Tensor out = empty(a.dtype(), batch.append(m, n));
    Tensor wideA = expand(a, batch.append(m, a.dim(-1)));
    Tensor wideB = expand(b, batch.append(b.dim(-2), n));
    backend.matmul(wideA, wideB, out);
    done(wideA, a);
    done(wideB, b);
    return out;
  }

  @Override
  public Tensor factor(Tensor x) {
    return x.dtype() == DType.F32 && backend.factorType() != DType.F32
        ? cast(x, backend.factorType())
        : x;
  }

  @Override
  public Tensor linear(Tensor x, Tensor weight, @Nullable Tensor bias) {
    Check.linear(x, weight, bias, backend.factorType());
    return ofRows(x, weight.dim(0), rows -> backend.linear(this, rows, weight, bias));
  }

  @Override
  public Tensor linear(Tensor x, Tensor weight, @Nullable Tensor bias, Epilogue epilogue) {
    Check.linear(x, weight, bias, backend.factorType());
    int m = weight.dim(0);
    return switch (epilogue) {
      case Epilogue.Activation _ ->
          ofRows(x, m, rows -> backend.linear(this, rows, weight, bias, epilogue));
      case Epilogue.Residual(Tensor base, Tensor scale) -> {
        Shape leading = x.shape().leading(x.shape().rank() - 1);
        Check.residual(base, leading.append(m), weight, scale);
        Tensor whole = contiguous(base);
        Tensor flat = reshape(whole, Check.intSize("linear", leading), m);
        Epilogue.Residual residual = new Epilogue.Residual(flat, scale);
        Tensor y = ofRows(x, m, rows -> backend.linear(this, rows, weight, bias, residual));
        scope.release(flat);
        done(whole, base);
        yield y;
      }
    };
  }

  /** Computes x [.., k] -> [.., m] by a function of rows, [n, k] -> [n, m]. */
  private Tensor ofRows(Tensor x, int m, UnaryOperator<Tensor> function) {
    Shape leading = x.shape().leading(x.shape().rank() - 1);
    if (leading.rank() == 1) {
      return function.apply(x);
    }
    Tensor rows = reshape(x, Check.intSize("linear", leading), x.dim(-1));
    Tensor y = function.apply(rows);
    scope.release(rows);
    return renamed(y, leading.append(m));
  }

  // ---- layout ----

  @Override
  public Tensor reshape(Tensor x, int... dims) {
    Shape shape = Check.reshape(x.shape(), dims);
    Layout layout = x.layout().reshape(shape);
    if (layout != null) {
      return view(x, layout);
    }
    return renamed(copy(x), shape);
  }

  @Override
  public Tensor permute(Tensor x, int... axes) {
    return view(x, x.layout().permute(axes));
  }

  @Override
  public Tensor slice(Tensor x, int axis, int from, int to) {
    return view(x, x.layout().slice(axis, from, to));
  }

  @Override
  public Tensor broadcast(Tensor x, Shape shape) {
    return view(x, x.layout().broadcast(shape));
  }

  @Override
  public Tensor concat(List<Tensor> xs, int axis) {
    Shape shape = Check.concat(xs, axis);
    Tensor out = empty(xs.getFirst().dtype(), shape);
    int at = 0;
    for (Tensor x : xs) {
      int next = at + x.dim(axis);
      copyInto(x, out.layout().slice(axis, at, next), out);
      at = next;
    }
    return out;
  }

  @Override
  public Tensor cast(Tensor x, DType dtype) {
    Tensor out = empty(dtype, x.shape());
    backend.copy(x, out);
    return out;
  }

  /** Returns a contiguous copy. */
  public Tensor copy(Tensor x) {
    Tensor out = emptyLike(x);
    backend.copy(x, out);
    return out;
  }

  /** Returns the tensor itself if it is contiguous, else a contiguous copy. */
  public Tensor contiguous(Tensor x) {
    return x.layout().isContiguous() ? x : copy(x);
  }

  @Override
  public Tensor gatherTokens(Tensor x, Tensor ids) {
    Check.tokens("gatherTokens", x, ids);
    Tensor out = empty(x.dtype(), Shape.of(x.dim(0), ids.dim(1), x.dim(2)));
    backend.gatherTokens(x, ids, out);
    return out;
  }

  /** Gradient of {@link #gatherTokens}: {@code g [B, K, D], ids [B, K] -> [B, tokens, D]}. */
  public Tensor scatterTokens(Tensor g, Tensor ids, int tokens) {
    Tensor out = empty(g.dtype(), g.shape().with(1, tokens));
    backend.scatterTokens(g, ids, out);
    return out;
  }

  @Override
  public Tensor embedding(Tensor table, Tensor ids) {
    Check.embedding(table, ids);
    return Embedding.forward(this, table, ids);
  }

  /** Gradient of {@link #embedding} for the table: {@code g [.., D], ids [..] -> [rows, D]}. */
  public Tensor embeddingGrad(Tensor g, Tensor ids, int rows) {
    return Embedding.backward(this, g, ids, rows);
  }

  // ---- fused ----

  @Override
  public Tensor softmax(Tensor x) {
    Check.lastAxis("softmax", x);
    return Contiguous.run(this, x, p -> backend.softmax(this, p));
  }

  /** Gradient of {@link #softmax} with result y. */
  public Tensor softmaxGrad(Tensor y, Tensor g) {
    return Contiguous.run(this, y, g, (p, pg) -> backend.softmaxGrad(this, p, pg));
  }

  @Override
  public Tensor logSoftmax(Tensor x) {
    Check.lastAxis("logSoftmax", x);
    return Contiguous.run(this, x, p -> backend.logSoftmax(this, p));
  }

  /** Gradient of {@link #logSoftmax} with result y. */
  public Tensor logSoftmaxGrad(Tensor y, Tensor g) {
    return Contiguous.run(this, y, g, (p, pg) -> backend.logSoftmaxGrad(this, p, pg));
  }

  @Override
  public Tensor layerNorm(Tensor x, @Nullable Tensor gamma, @Nullable Tensor beta, double eps) {
    Check.layerNorm(x, gamma, beta, eps);
    return Contiguous.run(this, x, p -> backend.layerNorm(this, p, gamma, beta, eps));
  }

  @Override
  public Tensor layerNormFactor(
      Tensor x, @Nullable Tensor gamma, @Nullable Tensor beta, double eps) {
    Check.layerNorm(x, gamma, beta, eps);
    return Contiguous.run(this, x, p -> backend.layerNormFactor(this, p, gamma, beta, eps));
  }

  /** Gradients of {@link #layerNorm}. */
  public LayerNormGrad layerNormGrad(Tensor x, @Nullable Tensor gamma, double eps, Tensor g) {
    return Contiguous.run(this, x, g, (p, pg) -> backend.layerNormGrad(this, p, gamma, eps, pg));
  }

  @Override
  public Tensor attention(Tensor qkv, int heads, double scale, AttentionMask mask) {
    Check.attention(qkv, heads, mask);
    return Contiguous.run(this, qkv, mask, (p, m) -> backend.attention(this, p, heads, scale, m));
  }

  /**
   * Attention of other queries to the keys and values of qkv: {@code q [B, Q, D], qkv [B, T, 3D] ->
   * [B, Q, D]}, for D of all heads. Of queries taken from qkv, the same bits as {@link
   * #attention(Tensor, int, double, AttentionMask)}. Not differentiable.
   */
  public Tensor attention(Tensor q, Tensor qkv, int heads, double scale) {
    Check.attention(q, qkv, heads);
    return Contiguous.run(this, q, qkv, (pq, p) -> backend.attention(this, pq, p, heads, scale));
  }

  /** Gradient of {@link #attention} for qkv. */
  public Tensor attentionGrad(Tensor qkv, int heads, double scale, AttentionMask mask, Tensor g) {
    return Contiguous.run(
        this,
        qkv,
        g,
        (p, pg) ->
            Contiguous.run(
                this, p, mask, (_, m) -> backend.attentionGrad(this, p, heads, scale, m, pg)));
  }

  /** Gradient of {@link #attention} in which every query attends to every key. */
  public Tensor attentionGrad(Tensor qkv, int heads, double scale, Tensor g) {
    return attentionGrad(qkv, heads, scale, AttentionMask.NONE, g);
  }

  /**
   * The attention probabilities of queries {@code from <= q < to}: {@code qkv [B, T, 3D] -> [B,
   * heads, to - from, T]}. Not differentiable; serves attention maps and masking.
   */
  public Tensor attentionProbabilities(
      Tensor qkv, int heads, double scale, AttentionMask mask, int from, int to) {
    Check.attention(qkv, heads, mask);
    Check.range("attentionProbabilities", from, to, qkv.dim(1));
    return Contiguous.run(
        this,
        qkv,
        mask,
        (p, m) -> backend.attentionProbabilities(this, p, heads, scale, m, from, to));
  }

  /** The attention probabilities where every query attends to every key. */
  public Tensor attentionProbabilities(Tensor qkv, int heads, double scale, int from, int to) {
    return attentionProbabilities(qkv, heads, scale, AttentionMask.NONE, from, to);
  }

  @Override
  public Tensor weightedSum(List<Tensor> xs, Tensor weights) {
    Check.weightedSum(xs, weights);
    return Contiguous.run(this, xs, weights, (ps, w) -> backend.weightedSum(this, ps, w));
  }

  /** Gradient of {@link #weightedSum} for the weights. */
  public Tensor weightedSumWeightGrad(List<Tensor> xs, Tensor g) {
    return Contiguous.run(this, xs, g, (ps, pg) -> backend.weightedSumWeightGrad(this, ps, pg));
  }

  @Override
  public Tensor smoothL1(Tensor prediction, Tensor target, double beta) {
    Check.smoothL1(prediction, target, beta);
    return Contiguous.run(this, prediction, target, (p, t) -> backend.smoothL1(this, p, t, beta));
  }

  /** Gradient of {@link #smoothL1} for the prediction. */
  public Tensor smoothL1Grad(Tensor prediction, Tensor target, double beta, Tensor g) {
    return Contiguous.run(
        this, prediction, target, (p, t) -> backend.smoothL1Grad(this, p, t, beta, g));
  }

  @Override
  public Tensor crossEntropy(Tensor logits, Tensor targets) {
    Check.crossEntropy(logits, targets);
    return Contiguous.run(this, logits, targets, (p, t) -> backend.crossEntropy(this, p, t));
  }

  /** Gradient of {@link #crossEntropy} for the logits. */
  public Tensor crossEntropyGrad(Tensor logits, Tensor targets, Tensor g) {
    return Contiguous.run(this, logits, targets, (p, t) -> backend.crossEntropyGrad(this, p, t, g));
  }

  // ---- scoping ----

  @Override
  public Tensor within(String name, Function<Ops, Tensor> body) {
    try (Scope inner = scope.child(name)) {
      return inner.keep(body.apply(inner.ops()));
    }
  }

  @Override
  public void discard(Tensor tensor) {
    if (tensor.owner() == scope) {
      scope.release(tensor);
    }
  }

  // ---- helpers ----

  /** Copies x to the elements of {@code target}'s storage at {@code where}. */
  void copyInto(Tensor x, Layout where, Tensor target) {
    Tensor window = view(target, where);
    backend.copy(x, window);
    scope.release(window);
  }

  private Tensor view(Tensor x, Layout layout) {
    return scope.adopt(x.dtype(), layout, x.storage());
  }

  private Tensor expand(Tensor x, Shape shape) {
    return x.shape().equals(shape) ? x : broadcast(x, shape);
  }

  // An operation frees its temporaries itself. Otherwise, on a tape, they would outlive the values
  // that the tape frees.

  /** Returns a new tensor in another shape and releases the old handle. */
  private Tensor renamed(Tensor fresh, Shape shape) {
    Tensor renamed = view(fresh, fresh.layout().reshape(shape));
    scope.release(fresh);
    return renamed;
  }

  /** Frees a copy or view that stood in for an operand. */
  void done(Tensor standIn, Tensor operand) {
    if (standIn != operand) {
      scope.release(standIn);
    }
  }

  @Override
  public String toString() {
    return "eager operations of " + scope + " on " + backend.name();
  }
}
