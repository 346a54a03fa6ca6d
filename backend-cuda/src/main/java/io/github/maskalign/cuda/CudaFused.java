package io.github.maskalign.cuda;

import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.LayerNormGrad;
import io.github.maskalign.tensor.Precision;
import io.github.maskalign.tensor.Tensor;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Operations of the {@link CudaBackend} that have kernels of their own. What a kernel does not take
 * is left to the default body.
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
      this.cudnn = CudnnSoftmax.ifAskedFor(gpu);
    } catch (RuntimeException e) {
      super.close();
      throw e;
    }
  }

  /** Whether products of attention are of BF16, on tensor cores. */
  private boolean attentionInBf16() {
    return precision == Precision.BF16;
  }

  // ---- softmax ----

  @Override
  public Tensor softmax(Eager ops, Tensor x) {
    return cudnn
        .filter(_ -> CudnnSoftmax.takes(x))
        .map(library -> library.forward(ops, x))
        .orElseGet(() -> softmax.forward(ops, x));
  }

  @Override
  public Tensor softmaxGrad(Eager ops, Tensor y, Tensor g) {
    return cudnn
        .filter(_ -> CudnnSoftmax.takes(y))
        .map(library -> library.backward(ops, y, g))
        .orElseGet(() -> softmax.backward(ops, y, g));
  }

  @Override
  public Tensor logSoftmax(Eager ops, Tensor x) {
    return softmax.logForward(ops, x);
  }

  @Override
  public Tensor logSoftmaxGrad(Eager ops, Tensor y, Tensor g) {
    return softmax.logBackward(ops, y, g);
  }

  // ---- layer norm ----

  @Override
  public Tensor layerNorm(
      Eager ops, Tensor x, @Nullable Tensor gamma, @Nullable Tensor beta, double eps) {
    return layerNorm.forward(ops, x, gamma, beta, eps);
  }

  @Override
  public LayerNormGrad layerNormGrad(
      Eager ops, Tensor x, @Nullable Tensor gamma, double eps, Tensor g) {
    return LayerNormKernel.takes(x)
        ? layerNorm.backward(ops, x, gamma, eps, g)
        : super.layerNormGrad(ops, x, gamma, eps, g);
  }

  // ---- attention ----

  @Override
  public Tensor attention(Eager ops, Tensor qkv, int heads, double scale) {
    return AttentionKernel.takes(qkv, heads)
        ? attention.forward(ops, qkv, heads, scale, attentionInBf16())
        : super.attention(ops, qkv, heads, scale);
  }

  @Override
  public Tensor attentionGrad(Eager ops, Tensor qkv, int heads, double scale, Tensor g) {
    return AttentionKernel.takes(qkv, heads)
        ? attention.backward(ops, qkv, heads, scale, g, attentionInBf16())
        : super.attentionGrad(ops, qkv, heads, scale, g);
  }

  @Override
  public Tensor attentionProbabilities(
      Eager ops, Tensor qkv, int heads, double scale, int from, int to) {
    return AttentionKernel.takes(qkv, heads)
        ? attention.probabilities(ops, qkv, heads, scale, from, to, attentionInBf16())
        : super.attentionProbabilities(ops, qkv, heads, scale, from, to);
  }

  // ---- mixing ----

  @Override
  public Tensor weightedSum(Eager ops, List<Tensor> xs, Tensor weights) {
    return MixKernel.takes(xs)
        ? mix.forward(ops, xs, weights)
        : super.weightedSum(ops, xs, weights);
  }

  @Override
  public Tensor weightedSumWeightGrad(Eager ops, List<Tensor> xs, Tensor g) {
    return MixKernel.takes(xs)
        ? mix.weightsBackward(ops, xs, g)
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
