package io.github.maskalign.tensor;

import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.op.BinaryOp;
import io.github.maskalign.tensor.op.Gelu;
import io.github.maskalign.tensor.op.UnaryOp;
import io.github.maskalign.tensor.random.Philox;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The differentiable operations, on which layers and models are written. {@link Eager} computes
 * immediately; a tape (module autograd) computes and records. Results belong to {@link #scope()}.
 * Unless stated otherwise, operands are all F32 or all F64 and may be strided views. Exceptions
 * name the operation.
 *
 * @since 0.1.0
 */
public interface Ops {

  /** The scope that owns the results. */
  Scope scope();

  // ---- new tensors ----

  /** Creates an F32 tensor from row-major values. */
  Tensor of(float[] values, int... dims);

  /** Creates an F64 tensor from row-major values. */
  Tensor of(double[] values, int... dims);

  /** Creates an I32 tensor from row-major values. */
  Tensor of(int[] values, int... dims);

  /** Creates a tensor with all elements equal to a value. */
  Tensor full(DType dtype, Shape shape, double value);

  /** Creates a tensor of zeros. */
  default Tensor zeros(DType dtype, Shape shape) {
    return full(dtype, shape, 0);
  }

  /**
   * Creates an F32 tensor uniform in [0, 1), drawn on the backend's device: element i, row-major,
   * is {@link Philox#uniform draws.uniform(i)}, with the same bits on every backend.
   */
  Tensor uniform(Philox draws, int... dims);

  // ---- elementwise ----

  /** Applies a function to each element. */
  Tensor unary(UnaryOp op, Tensor x);

  /** Applies a function to pairs of elements; shapes broadcast. */
  Tensor binary(BinaryOp op, Tensor a, Tensor b);

  /** {@code scale * x + shift}. */
  Tensor affine(Tensor x, double scale, double shift);

  /** Gaussian error linear unit of each element. */
  Tensor gelu(Tensor x, Gelu kind);

  /** a + b. */
  default Tensor add(Tensor a, Tensor b) {
    return binary(BinaryOp.ADD, a, b);
  }

  /** a - b. */
  default Tensor sub(Tensor a, Tensor b) {
    return binary(BinaryOp.SUB, a, b);
  }

  /** a * b. */
  default Tensor mul(Tensor a, Tensor b) {
    return binary(BinaryOp.MUL, a, b);
  }

  /** a / b. */
  default Tensor div(Tensor a, Tensor b) {
    return binary(BinaryOp.DIV, a, b);
  }

  // ---- reductions ----

  /** Sum over the given axes, or all if none are given; {@code keepAxes} keeps them at size 1. */
  Tensor sum(Tensor x, boolean keepAxes, int... axes);

  /** Maximum over the given axes, or all if none are given; equal maxima share the gradient. */
  Tensor max(Tensor x, boolean keepAxes, int... axes);

  /** Mean over the given axes, or all if none are given. */
  default Tensor mean(Tensor x, boolean keepAxes, int... axes) {
    Tensor sum = sum(x, keepAxes, axes);
    return affine(sum, (double) sum.size() / x.size(), 0);
  }

  // ---- products ----

  /** {@code [.., m, k] x [.., k, n] -> [.., m, n]}; leading axes broadcast. */
  Tensor matmul(Tensor a, Tensor b);

  /**
   * x as a factor: a tensor for the x of {@link #linear} and nothing else, with the same products.
   * Where products round their factors to BF16 it is BF16, else x itself.
   */
  default Tensor factor(Tensor x) {
    return x;
  }

  /**
   * {@code x [.., k], weight [m, k], bias [m] or null -> [.., m]}: {@code y = x W^T + b}. Instead
   * of x, a {@link #factor} of it.
   */
  Tensor linear(Tensor x, Tensor weight, @Nullable Tensor bias);

  /** A linear layer and what follows it: {@code epilogue(x W^T + b)}. */
  default Tensor linear(Tensor x, Tensor weight, @Nullable Tensor bias, Epilogue epilogue) {
    return epilogue.apply(this, linear(x, weight, bias));
  }

  // ---- layout ----

  /** The same elements, row-major, in another shape; a size of -1 is inferred. */
  Tensor reshape(Tensor x, int... dims);

  /** Axis i of the result is axis {@code axes[i]} of x. */
  Tensor permute(Tensor x, int... axes);

  /** Elements {@code from <= i < to} of an axis. */
  Tensor slice(Tensor x, int axis, int from, int to);

  /** Repeats axes of size 1 and adds leading axes, without copying. */
  Tensor broadcast(Tensor x, Shape shape);

  /** Concatenates tensors along an axis; all other sizes agree. */
  Tensor concat(List<Tensor> xs, int axis);

  /** Converts the elements to another type, between any two types. */
  Tensor cast(Tensor x, DType dtype);

  /** Exchanges the last two axes. */
  default Tensor transpose(Tensor x) {
    int rank = x.shape().rank();
    if (rank < 2) {
      throw new ShapeException("transpose: needs at least two axes, got shape " + x.shape());
    }
    int[] axes = new int[rank];
    Arrays.setAll(axes, i -> i);
    axes[rank - 2] = rank - 1;
    axes[rank - 1] = rank - 2;
    return permute(x, axes);
  }

  /**
   * {@code x [B, T, D], ids [B, K] (I32 or I64) -> [B, K, D]}: {@code y[b, k] = x[b, ids[b, k]]}.
   */
  Tensor gatherTokens(Tensor x, Tensor ids);

  /**
   * {@code table [V, D], ids [..] (I32 or I64) -> [.., D]}: {@code y[i] = table[ids[i]]}, such as
   * the embeddings of the tokens of a text.
   */
  Tensor embedding(Tensor table, Tensor ids);

  // ---- fused ----

  /** Softmax over the last axis. */
  Tensor softmax(Tensor x);

  /** Logarithm of the softmax over the last axis. */
  Tensor logSoftmax(Tensor x);

  /**
   * {@code x [.., D], gamma [D] or null, beta [D] or null -> [.., D]}: normalized over the last
   * axis with the biased variance, then scaled and shifted (Ba et al., arXiv 1607.06450).
   */
  Tensor layerNorm(Tensor x, @Nullable Tensor gamma, @Nullable Tensor beta, double eps);

  /** Layer norm as a {@link #factor}. */
  default Tensor layerNormFactor(
      Tensor x, @Nullable Tensor gamma, @Nullable Tensor beta, double eps) {
    return factor(layerNorm(x, gamma, beta, eps));
  }

  /**
   * Multi-head self-attention (Vaswani et al., arXiv 1706.03762): {@code qkv [B, T, 3D] -> [B, T,
   * D]}. The last axis concatenates queries, keys and values, each split into heads; per head
   * {@code softmax(scale * Q K^T) V}, over the keys that the mask lets a query attend to.
   */
  Tensor attention(Tensor qkv, int heads, double scale, AttentionMask mask);

  /** Attention in which every query attends to every key. */
  default Tensor attention(Tensor qkv, int heads, double scale) {
    return attention(qkv, heads, scale, AttentionMask.NONE);
  }

  /**
   * {@code xs: S tensors of one shape, weights [S] -> that shape}: {@code sum_i weights[i] *
   * xs[i]}.
   */
  Tensor weightedSum(List<Tensor> xs, Tensor weights);

  /**
   * {@code prediction, target of one shape -> scalar}: mean over all elements of the smooth L1 loss
   * of {@code e = prediction - target}: {@code e^2 / (2 beta)} where {@code |e| < beta}, else
   * {@code |e| - beta / 2}.
   */
  Tensor smoothL1(Tensor prediction, Tensor target, double beta);

  /**
   * {@code logits [N, C], targets [N, C] (probabilities) -> scalar}: mean over N of {@code -sum_c
   * target_c log softmax(logits)_c}. Not differentiable with respect to the targets.
   */
  Tensor crossEntropy(Tensor logits, Tensor targets);

  // ---- scoping ----

  /**
   * Runs {@code body} and frees the tensors it created, except its result. A recording {@code Ops}
   * keeps those that its backward pass reads.
   */
  Tensor within(String name, Function<Ops, Tensor> body);

  /**
   * Like {@link #within} for a function of x, but a recording {@code Ops} saves only x and runs the
   * body again in its backward pass (activation checkpointing, Chen et al., arXiv 1604.06174). The
   * body must compute the same both times, and whatever else it reads must live until then.
   */
  default Tensor recomputed(String name, Tensor x, BiFunction<Ops, Tensor, Tensor> body) {
    return within(name, ops -> body.apply(ops, x));
  }

  /**
   * Frees a tensor that the caller created and no longer uses, unless a recording {@code Ops} needs
   * it for its backward pass. Tensors of other scopes are left alone.
   */
  void discard(Tensor tensor);
}
