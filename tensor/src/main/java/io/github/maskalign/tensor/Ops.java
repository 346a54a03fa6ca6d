package io.github.maskalign.tensor;

import io.github.maskalign.tensor.random.Philox;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The differentiable operations, written once for layers and models. {@link Eager} computes at
 * once; a tape (module autograd) computes and records. Results belong to {@link #scope()}. Operands
 * are F32 or F64, both the same, unless said otherwise; they may be strided views. Errors name the
 * operation.
 *
 * @since 0.1.0
 */
public interface Ops {

  /** Owns the results. */
  Scope scope();

  // ---- new tensors ----

  /** F32 values, row-major. */
  Tensor of(float[] values, int... dims);

  /** F64 values, row-major. */
  Tensor of(double[] values, int... dims);

  /** I32 values, row-major. */
  Tensor of(int[] values, int... dims);

  /** One value everywhere. */
  Tensor full(DType dtype, Shape shape, double value);

  /** Zeros. */
  default Tensor zeros(DType dtype, Shape shape) {
    return full(dtype, shape, 0);
  }

  /**
   * F32 uniform in [0, 1), drawn where the backend computes: element i, row-major, is {@link
   * Philox#uniform draws.uniform(i)}, the same bits on every backend.
   */
  Tensor uniform(Philox draws, int... dims);

  // ---- elementwise ----

  /** A function of each element; same shape. */
  Tensor unary(UnaryOp op, Tensor x);

  /** A function of two elements; shapes broadcast. */
  Tensor binary(BinaryOp op, Tensor a, Tensor b);

  /** {@code scale * x + shift}. */
  Tensor affine(Tensor x, double scale, double shift);

  /** Gaussian error linear unit. */
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

  /** Sum over axes (all if none are named); they stay with size 1 if {@code keepAxes}. */
  Tensor sum(Tensor x, boolean keepAxes, int... axes);

  /** Maximum over axes; equal maxima share the gradient. */
  Tensor max(Tensor x, boolean keepAxes, int... axes);

  /** Mean over axes (all if none are named). */
  default Tensor mean(Tensor x, boolean keepAxes, int... axes) {
    Tensor sum = sum(x, keepAxes, axes);
    return affine(sum, (double) sum.size() / x.size(), 0);
  }

  // ---- products ----

  /** {@code [.., m, k] x [.., k, n] -> [.., m, n]}; leading axes broadcast. */
  Tensor matmul(Tensor a, Tensor b);

  /** {@code x [.., k], weight [m, k], bias [m] or null -> [.., m]}: {@code y = x W^T + b}. */
  Tensor linear(Tensor x, Tensor weight, @Nullable Tensor bias);

  // ---- layout ----

  /** The same elements, row-major, under another shape; one size may be -1. */
  Tensor reshape(Tensor x, int... dims);

  /** Axis i of the result is axis {@code axes[i]} of x. */
  Tensor permute(Tensor x, int... axes);

  /** Elements {@code from <= i < to} of an axis. */
  Tensor slice(Tensor x, int axis, int from, int to);

  /** Size-1 axes repeated and leading axes added, without copying. */
  Tensor broadcast(Tensor x, Shape shape);

  /** Tensors joined along an axis; the other sizes agree. */
  Tensor concat(List<Tensor> xs, int axis);

  /** Elements converted to another type; any pair of types. */
  Tensor cast(Tensor x, DType dtype);

  /** The last two axes exchanged. */
  default Tensor transpose(Tensor x) {
    int rank = x.shape().rank();
    if (rank < 2) {
      throw new ShapeException("transpose: needs two axes at least, got shape " + x.shape());
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

  /**
   * Multi-head self-attention (Vaswani et al., arXiv 1706.03762): {@code qkv [B, T, 3D] -> [B, T,
   * D]}. The last axis holds queries, keys and values, each split into heads; per head {@code
   * softmax(scale * Q K^T) V}.
   */
  Tensor attention(Tensor qkv, int heads, double scale);

  /**
   * {@code xs: S tensors of one shape, weights [S] -> that shape}: {@code sum_i weights[i] *
   * xs[i]}.
   */
  Tensor weightedSum(List<Tensor> xs, Tensor weights);

  /**
   * Mean over all elements of the smooth L1 of {@code e = prediction - target}: {@code e^2 / (2
   * beta)} where {@code |e| < beta}, else {@code |e| - beta / 2}. A scalar.
   */
  Tensor smoothL1(Tensor prediction, Tensor target, double beta);

  /**
   * {@code logits [N, C], targets [N, C] (probabilities) -> scalar}: mean over N of {@code -sum_c
   * target_c log softmax(logits)_c}. The targets get no gradient.
   */
  Tensor crossEntropy(Tensor logits, Tensor targets);

  // ---- scoping ----

  /**
   * Runs {@code body} so that what it makes, other than its result, is freed on return. A recording
   * {@code Ops} keeps what its backward pass reads.
   */
  Tensor within(String name, Function<Ops, Tensor> body);

  /**
   * Like {@link #within} for a function of x; but a recording {@code Ops} keeps x alone and runs
   * the body again on its backward pass, so the body must do the same both times. What else the
   * body reads must live until then.
   */
  default Tensor recomputed(String name, Tensor x, BiFunction<Ops, Tensor, Tensor> body) {
    return within(name, ops -> body.apply(ops, x));
  }

  /**
   * Says that the caller is done with a tensor it made: it is freed now, unless a recording {@code
   * Ops} needs it for its backward pass. A tensor of another scope stays.
   */
  void discard(Tensor tensor);
}
