package io.github.maskalign.tensor;

import io.github.maskalign.tensor.random.Philox;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * What computes. {@link Eager} has checked shapes and types before it calls; a backend trusts its
 * input. Primitives write into {@code out}, which never overlaps an operand unless it is the same
 * tensor, and take strided views of F32 or F64. Fused operations return new tensors made by the
 * given {@link Eager} and have default bodies in primitives; a backend overrides those it can do
 * better, within rounding. Contiguous operands are guaranteed to fused operations. Thread-safe for
 * calls on different outputs.
 *
 * @since 0.1.0
 */
public interface Backend extends AutoCloseable {

  /** Short name, as in {@code --backend}. */
  String name();

  /** One line for people: device, vector width, threads. */
  String description();

  /** A block from the pool with arbitrary content. */
  Storage allocate(long bytes);

  /** Whether tensors are in {@link HostStorage}, whoever owns that. */
  default boolean computesInHostMemory() {
    return false;
  }

  /** What the pool holds. */
  MemoryStats memory();

  /**
   * The most that could be computed: FLOP/s of multiply-adds in products. On a host, measured now
   * on registers, which takes some milliseconds; of a device, what its maker names. Empty where it
   * is not known.
   */
  default OptionalDouble peakFlops() {
    return OptionalDouble.empty();
  }

  /** Operations handed to a device so far; empty where calls compute by themselves. */
  default OptionalLong queued() {
    return OptionalLong.empty();
  }

  /** Waits until all that was asked is done, where operations only queue their work. */
  default void synchronize() {}

  /** Host memory into a contiguous tensor. */
  void upload(MemorySegment source, Tensor target);

  /** A contiguous tensor into host memory. */
  void download(Tensor source, MemorySegment target);

  @Override
  void close();

  // ---- primitives ----

  /** One value everywhere; any type. */
  void fill(Tensor out, double value);

  /** Element i of a contiguous F32 tensor = {@link Philox#uniform uniform(i)}, to the bit. */
  void uniform(Philox draws, Tensor out);

  /** Copies and converts; any layouts and types; same shape. */
  void copy(Tensor x, Tensor out);

  /** out = op(x). */
  void unary(UnaryOp op, Tensor x, Tensor out);

  /** out = scale * x + shift. */
  void affine(Tensor x, double scale, double shift, Tensor out);

  /** out = op(a, b); a and b have been broadcast to out's shape. */
  void binary(BinaryOp op, Tensor a, Tensor b, Tensor out);

  /** Folds the axes where out has size 1. */
  void reduce(Reduction op, Tensor x, Tensor out);

  /** out = a x b over the last two axes; leading axes have been broadcast to out's. */
  void matmul(Tensor a, Tensor b, Tensor out);

  /**
   * {@code out[b, k] = x[b, ids[b, k]]}; ids I32 or I64 [B, K]; negative or too large ids are
   * refused.
   */
  void gatherTokens(Tensor x, Tensor ids, Tensor out);

  /** Adds {@code g[b, k]} to {@code out[b, ids[b, k]]}, after setting out to zero. */
  void scatterTokens(Tensor g, Tensor ids, Tensor out);

  // ---- fused ----

  /** {@link Ops#linear}; x [n, k], result [n, m]. */
  default Tensor linear(Eager ops, Tensor x, Tensor weight, @Nullable Tensor bias) {
    return Fused.linear(ops, x, weight, bias);
  }

  /** {@link Ops#gelu}. */
  default Tensor gelu(Eager ops, Tensor x, Gelu kind) {
    return Fused.gelu(ops, x, kind);
  }

  /** Gradient of {@link Ops#gelu} for the result's gradient g. */
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

  /** Gradients of {@link Ops#layerNorm}; those of gamma and beta are null if gamma is. */
  default LayerNormGrad layerNormGrad(
      Eager ops, Tensor x, @Nullable Tensor gamma, double eps, Tensor g) {
    return Fused.layerNormGrad(ops, x, gamma, eps, g);
  }

  /** {@link Ops#attention}. */
  default Tensor attention(Eager ops, Tensor qkv, int heads, double scale) {
    return Fused.attention(ops, qkv, heads, scale);
  }

  /** Gradient of {@link Ops#attention} for qkv. */
  default Tensor attentionGrad(Eager ops, Tensor qkv, int heads, double scale, Tensor g) {
    return Fused.attentionGrad(ops, qkv, heads, scale, g);
  }

  /** Softmax probabilities of queries {@code from <= q < to}: {@code [B, heads, to - from, T]}. */
  default Tensor attentionProbabilities(
      Eager ops, Tensor qkv, int heads, double scale, int from, int to) {
    return Fused.attentionProbabilities(ops, qkv, heads, scale, from, to);
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

  // ---- mutation of memory owned by parameters ----

  /** {@code target += factor * value}, in place. */
  default void accumulate(Eager ops, Tensor target, double factor, Tensor value) {
    Fused.accumulate(ops, target, factor, value);
  }

  /** One AdamW pass over all parameters, in place. */
  default void adamW(Eager ops, List<AdamWSlot> slots, AdamWSettings settings) {
    Fused.adamW(ops, slots, settings);
  }
}
