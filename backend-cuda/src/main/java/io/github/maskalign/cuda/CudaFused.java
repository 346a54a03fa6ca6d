package io.github.maskalign.cuda;

import io.github.maskalign.cuda.kernel.AttentionKernel;
import io.github.maskalign.cuda.kernel.CudnnSoftmax;
import io.github.maskalign.cuda.kernel.LayerNormKernel;
import io.github.maskalign.cuda.kernel.LossKernel;
import io.github.maskalign.cuda.kernel.MixKernel;
import io.github.maskalign.cuda.kernel.SoftmaxKernel;
import io.github.maskalign.cuda.runtime.Gpu;
import io.github.maskalign.tensor.AttentionMask;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.LayerNormGrad;
import io.github.maskalign.tensor.Precision;
import io.github.maskalign.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Fused operations of the {@link CudaBackend}. Inputs that a kernel does not support use the
 * default body of the operation.
 */
abstract sealed class CudaFused extends CudaPrimitives permits CudaBackend {

  private final SoftmaxKernel softmax;
  private final Optional<CudnnSoftmax> cudnn;
  private final LayerNormKernel layerNorm;
  private final AttentionKernel attention;
  private final MixKernel mix;
  private final LossKernel loss;

  CudaFused(Gpu gpu, Precision precision) {
    super(gpu, precision);
    this.softmax = new SoftmaxKernel(gpu);
    this.layerNorm = new LayerNormKernel(gpu);
    this.attention = new AttentionKernel(gpu);
    this.mix = new MixKernel(gpu);
    this.loss = new LossKernel(gpu);
    try {
      this.cudnn = CudnnSoftmax.ifSelected(gpu);
    } catch (RuntimeException e) {
      super.close();
      throw e;
    }
  }

  /** Whether the products of attention use BF16 on tensor cores. */
  private boolean attentionInBf16() {
    return switch (precision) {
      case BF16 -> true;
      case F32, TF32 -> false;
    };
  }

  // ---- softmax ----

  @Override
  public Tensor softmax(Eager ops, Tensor x) {
    return cudnn
        .filter(_ -> CudnnSoftmax.supports(x))
        .map(library -> library.forward(ops, x))
        .orElseGet(() -> softmax.softmax(ops, x));
  }

  @Override
  public Tensor softmaxGrad(Eager ops, Tensor y, Tensor g) {
    return cudnn
        .filter(_ -> CudnnSoftmax.supports(y))
        .map(library -> library.backward(ops, y, g))
        .orElseGet(() -> softmax.softmaxGrad(ops, y, g));
  }

  @Override
  public Tensor logSoftmax(Eager ops, Tensor x) {
    return softmax.logSoftmax(ops, x);
  }

  @Override
  public Tensor logSoftmaxGrad(Eager ops, Tensor y, Tensor g) {
    return softmax.logSoftmaxGrad(ops, y, g);
  }

  // ---- layer norm ----

  @Override
  public Tensor layerNorm(
      Eager ops, Tensor x, @Nullable Tensor gamma, @Nullable Tensor beta, double eps) {
    return layerNorm.forward(ops, x, gamma, beta, eps);
  }

  @Override
  public Tensor layerNormFactor(
      Eager ops, Tensor x, @Nullable Tensor gamma, @Nullable Tensor beta, double eps) {
    DType out = x.dtype() == DType.F32 ? factorType() : x.dtype();
    return layerNorm.forward(ops, x, gamma, beta, eps, out);
  }

  @Override
  public LayerNormGrad layerNormGrad(
      Eager ops, Tensor x, @Nullable Tensor gamma, double eps, Tensor g) {
    return LayerNormKernel.supports(x)
        ? layerNorm.backward(ops, x, gamma, eps, g)
        : super.layerNormGrad(ops, x, gamma, eps, g);
  }

  // ---- attention ----

  @Override
  public Tensor attention(Eager ops, Tensor qkv, int heads, double scale, AttentionMask mask) {
    return AttentionKernel.supports(qkv, heads, mask)
        ? attention.forward(ops, input(qkv, heads, scale, mask))
        : super.attention(ops, qkv, heads, scale, mask);
  }

  @Override
  public Tensor attention(Eager ops, Tensor q, Tensor qkv, int heads, double scale) {
    return AttentionKernel.supports(qkv, heads, AttentionMask.NONE)
        ? attention.forward(ops, q, input(qkv, heads, scale, AttentionMask.NONE))
        : super.attention(ops, q, qkv, heads, scale);
  }

  @Override
  public Tensor attentionGrad(
      Eager ops, Tensor qkv, int heads, double scale, AttentionMask mask, Tensor g) {
    return AttentionKernel.supports(qkv, heads, mask)
        ? attention.backward(ops, input(qkv, heads, scale, mask), g)
        : super.attentionGrad(ops, qkv, heads, scale, mask, g);
  }

  @Override
  public Tensor attentionProbabilities(
      Eager ops, Tensor qkv, int heads, double scale, AttentionMask mask, int from, int to) {
    return AttentionKernel.supports(qkv, heads, mask)
        ? attention.probabilities(ops, input(qkv, heads, scale, mask), from, to)
        : super.attentionProbabilities(ops, qkv, heads, scale, mask, from, to);
  }

  private AttentionKernel.Input input(Tensor qkv, int heads, double scale, AttentionMask mask) {
    return new AttentionKernel.Input(qkv, heads, scale, mask, attentionInBf16());
  }

  // ---- mixing ----

  @Override
  public Tensor weightedSum(Eager ops, List<Tensor> xs, Tensor weights) {
    return MixKernel.supports(xs)
        ? mix.forward(ops, xs, weights)
        : super.weightedSum(ops, xs, weights);
  }

  @Override
  public Tensor weightedSumWeightGrad(Eager ops, List<Tensor> xs, Tensor g) {
    return MixKernel.supports(xs)
        ? mix.weightGrad(ops, xs, g)
        : super.weightedSumWeightGrad(ops, xs, g);
  }

  // ---- losses ----

  @Override
  public Tensor smoothL1(Eager ops, Tensor prediction, Tensor target, double beta) {
    return prediction.size() > 0
        ? loss.smoothL1(ops, prediction, target, beta)
        : super.smoothL1(ops, prediction, target, beta);
  }

  @Override
  public Tensor smoothL1Grad(Eager ops, Tensor prediction, Tensor target, double beta, Tensor g) {
    return loss.smoothL1Grad(ops, prediction, target, beta, g);
  }

  @Override
  public Tensor crossEntropy(Eager ops, Tensor logits, Tensor targets) {
    return logits.size() > 0
        ? loss.crossEntropy(ops, logits, targets)
        : super.crossEntropy(ops, logits, targets);
  }

  @Override
  public Tensor crossEntropyGrad(Eager ops, Tensor logits, Tensor targets, Tensor g) {
    return logits.size() > 0
        ? loss.crossEntropyGrad(ops, logits, targets, g)
        : super.crossEntropyGrad(ops, logits, targets, g);
  }

  @Override
  public void close() {
    try {
      cudnn.ifPresent(CudnnSoftmax::close);
    } finally {
      super.close();
    }
  }
}
