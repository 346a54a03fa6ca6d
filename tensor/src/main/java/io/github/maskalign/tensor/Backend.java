package io.github.maskalign.tensor;

import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.op.BinaryOp;
import io.github.maskalign.tensor.op.Gelu;
import io.github.maskalign.tensor.op.Reduction;
import io.github.maskalign.tensor.op.UnaryOp;
import io.github.maskalign.tensor.random.Philox;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Executes operations on one device. {@link Eager} checks shapes and types before each call, so a
 * backend does not. Primitives write to {@code out}, which never overlaps an operand unless it is
 * the same tensor, and accept strided views of F32 or F64. Fused operations receive contiguous
 * operands, return new tensors created by the given {@link Eager}, and have default bodies in
 * primitives; a backend overrides those that it computes faster, to the same result within
 * rounding. Thread-safe for calls on different outputs.
 *
 * @since 0.1.0
 */
public interface Backend extends AutoCloseable {

  /** Short name, as in {@code --backend}. */
  String name();

  /** One line for display: device, vector width, threads. */
  String description();

  /**
   * What decides the bits of results, in words: kernels, vector width or device, but not the number
   * of threads.
   */
  default String numerics() {
    return description();
  }

  /** Precision of matrix products and attention. */
  default Precision precision() {
    return Precision.F32;
  }

  /** Allocates a block of arbitrary content from the pool. */
  Storage allocate(long bytes);

  /** Whether operations accept tensors in any {@link HostStorage}. */
  default boolean computesInHostMemory() {
    return false;
  }

  /** Memory use of the pool. */
  MemoryStats memory();

  /**
   * Peak FLOP/s of multiply-adds in matrix products. A host measures it on registers, which takes
   * some milliseconds; for a device it is the vendor's figure. Empty if unknown.
   */
  default OptionalDouble peakFlops() {
    return OptionalDouble.empty();
  }

  /** Number of operations queued on a device so far; empty for a synchronous backend. */
  default OptionalLong queued() {
    return OptionalLong.empty();
  }

  /** Waits until all queued operations are complete. */
  default void synchronize() {}

  /** Copies host memory to a contiguous tensor. */
  void upload(MemorySegment source, Tensor target);

  /** Copies a contiguous tensor to host memory. */
  void download(Tensor source, MemorySegment target);

  @Override
  void close();

  // ---- primitives ----

  /** Sets all elements to a value; any type. */
  void fill(Tensor out, double value);

  /** Sets element i of a contiguous F32 tensor to {@link Philox#uniform uniform(i)}, exactly. */
  void uniform(Philox draws, Tensor out);

  /** Copies and converts between any layouts and types of one shape. */
  void copy(Tensor x, Tensor out);

  /** out = op(x). */
  void unary(UnaryOp op, Tensor x, Tensor out);

  /** out = scale * x + shift. */
  void affine(Tensor x, double scale, double shift, Tensor out);

  /** out = op(a, b); a and b have been broadcast to out's shape. */
  void binary(BinaryOp op, Tensor a, Tensor b, Tensor out);

  /** Reduces the axes where out has size 1. */
  void reduce(Reduction op, Tensor x, Tensor out);

  /** out = a x b over the last two axes; leading axes have been broadcast to out's. */
  void matmul(Tensor a, Tensor b, Tensor out);

  /**
   * {@code out[b, k] = x[b, ids[b, k]]}; ids I32 or I64 [B, K].
   *
   * @throws ShapeException if an id is negative or too large, naming it
   */
  void gatherTokens(Tensor x, Tensor ids, Tensor out);

  /** Sets out to zero, then adds {@code g[b, k]} to {@code out[b, ids[b, k]]}. */
  void scatterTokens(Tensor g, Tensor ids, Tensor out);

  // ---- fused ----

  /** The type of a {@link Ops#factor factor} of F32: BF16, or F32 if products do not round. */
  default DType factorType() {
    return DType.F32;
  }

  /** {@link Ops#linear}; x [n, k], result [n, m]. */
  default Tensor linear(Eager ops, Tensor x, Tensor weight, @Nullable Tensor bias) {
    return Fused.linear(ops, x, weight, bias);
  }

  /**
   * {@link Ops#linear(Tensor, Tensor, Tensor, Epilogue)}; x [n, k], result [n, m], and so the x of
   * a residual.
   */
  default Tensor linear(
      Eager ops, Tensor x, Tensor weight, @Nullable Tensor bias, Epilogue epilogue) {
    return Fused.linear(ops, x, weight, bias, epilogue);
  }

  /** {@link Ops#gelu}. */
  default Tensor gelu(Eager ops, Tensor x, Gelu kind) {
    return Fused.gelu(ops, x, kind);
  }

  /** Gradient of {@link Ops#gelu}, given the gradient g of the result. */
  default Tensor geluGrad(Eager ops, Tensor x, Gelu kind, Tensor g) {
    return Fused.geluGrad(ops, x, kind, g);
  }

  /** {@link Ops#softmax}. */
  default Tensor softmax(Eager ops, Tensor x) {
    return Fused.softmax(ops, x);
  }

  /** Gradient of {@link Ops#softmax} with result y. */
  default Tensor softmaxGrad(Eager ops, Tensor y, Tensor g) {
    return Fused.softmaxGrad(ops, y, g);
  }

  /** {@link Ops#logSoftmax}. */
  default Tensor logSoftmax(Eager ops, Tensor x) {
    return Fused.logSoftmax(ops, x);
  }

  /** Gradient of {@link Ops#logSoftmax} with result y. */
  default Tensor logSoftmaxGrad(Eager ops, Tensor y, Tensor g) {
    return Fused.logSoftmaxGrad(ops, y, g);
  }

  /** {@link Ops#layerNorm}. */
  default Tensor layerNorm(
      Eager ops, Tensor x, @Nullable Tensor gamma, @Nullable Tensor beta, double eps) {
    return Fused.layerNorm(ops, x, gamma, beta, eps);
  }

  /** {@link Ops#layerNormFactor}. */
  default Tensor layerNormFactor(
      Eager ops, Tensor x, @Nullable Tensor gamma, @Nullable Tensor beta, double eps) {
    return Fused.layerNormFactor(ops, x, gamma, beta, eps);
  }

  /** Gradients of {@link Ops#layerNorm}; those of gamma and beta are null if gamma is null. */
  default LayerNormGrad layerNormGrad(
      Eager ops, Tensor x, @Nullable Tensor gamma, double eps, Tensor g) {
    return Fused.layerNormGrad(ops, x, gamma, eps, g);
  }

  /** {@link Ops#attention}; the mask's keys are contiguous. */
  default Tensor attention(Eager ops, Tensor qkv, int heads, double scale, AttentionMask mask) {
    return FusedAttention.attention(ops, qkv, heads, scale, mask);
  }

  /** {@link Eager#attention(Tensor, Tensor, int, double)}. */
  default Tensor attention(Eager ops, Tensor q, Tensor qkv, int heads, double scale) {
    return FusedAttention.attention(ops, q, qkv, heads, scale);
  }

  /** Gradient of {@link Ops#attention} for qkv. */
  default Tensor attentionGrad(
      Eager ops, Tensor qkv, int heads, double scale, AttentionMask mask, Tensor g) {
    return FusedAttention.attentionGrad(ops, qkv, heads, scale, mask, g);
  }

  /**
   * Attention probabilities of queries {@code from <= q < to}: {@code [B, heads, to - from, T]}.
   */
  default Tensor attentionProbabilities(
      Eager ops, Tensor qkv, int heads, double scale, AttentionMask mask, int from, int to) {
    return FusedAttention.attentionProbabilities(ops, qkv, heads, scale, mask, from, to);
  }

  /** {@link Ops#weightedSum}. */
  default Tensor weightedSum(Eager ops, List<Tensor> xs, Tensor weights) {
    return Fused.weightedSum(ops, xs, weights);
  }

  /** Gradient of {@link Ops#weightedSum} for the weights: {@code [S]}, {@code <g, xs[i]>}. */
  default Tensor weightedSumWeightGrad(Eager ops, List<Tensor> xs, Tensor g) {
    return Fused.weightedSumWeightGrad(ops, xs, g);
  }

  /** {@link Ops#smoothL1}. */
  default Tensor smoothL1(Eager ops, Tensor prediction, Tensor target, double beta) {
    return Fused.smoothL1(ops, prediction, target, beta);
  }

  /** Gradient of {@link Ops#smoothL1} for the prediction, g a scalar. */
  default Tensor smoothL1Grad(Eager ops, Tensor prediction, Tensor target, double beta, Tensor g) {
    return Fused.smoothL1Grad(ops, prediction, target, beta, g);
  }

  /** {@link Ops#crossEntropy}. */
  default Tensor crossEntropy(Eager ops, Tensor logits, Tensor targets) {
    return Fused.crossEntropy(ops, logits, targets);
  }

  /** Gradient of {@link Ops#crossEntropy} for the logits, g a scalar. */
  default Tensor crossEntropyGrad(Eager ops, Tensor logits, Tensor targets, Tensor g) {
    return Fused.crossEntropyGrad(ops, logits, targets, g);
  }

  /** Sum of the squares of all elements of all tensors. */
  default double sumOfSquares(Eager ops, List<Tensor> xs) {
    return Fused.sumOfSquares(ops, xs);
  }

  // ---- in-place updates of parameters and gradients ----

  /** {@code target += factor * value}, in place. */
  default void accumulate(Eager ops, Tensor target, double factor, Tensor value) {
    Fused.accumulate(ops, target, factor, value);
  }

  /** One AdamW update of all parameters, in place. */
  default void adamW(Eager ops, List<AdamWSlot> slots, AdamWSettings settings) {
    Fused.adamW(ops, slots, settings);
  }
}
