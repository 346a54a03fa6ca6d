package io.github.maskalign.cpu;

import static io.github.maskalign.cpu.runtime.Host.isF32;

import io.github.maskalign.cpu.kernel.AccumulateKernel;
import io.github.maskalign.cpu.kernel.AttentionKernel;
import io.github.maskalign.cpu.kernel.FactorKernel;
import io.github.maskalign.cpu.kernel.Kernels;
import io.github.maskalign.cpu.kernel.LayerNormKernel;
import io.github.maskalign.cpu.kernel.ScoreMask;
import io.github.maskalign.cpu.runtime.Host;
import io.github.maskalign.cpu.runtime.Operand;
import io.github.maskalign.cpu.runtime.Workers;
import io.github.maskalign.tensor.AdamWSettings;
import io.github.maskalign.tensor.AdamWSlot;
import io.github.maskalign.tensor.AttentionMask;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Epilogue;
import io.github.maskalign.tensor.LayerNormGrad;
import io.github.maskalign.tensor.Precision;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.Quantity;
import io.github.maskalign.tensor.memory.HostPool;
import io.github.maskalign.tensor.op.Gelu;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Computes F32 with the kernels of a tier, the Vector API's or plain Java's, and everything else,
 * mainly F64, on the reference backend over the same memory. Results are bit-identical for any
 * number of threads.
 */
public final class CpuBackend extends CpuPrimitives {

  private final LinearLayers linearLayers;

  /** A backend with the kernels of a tier and their threads; it closes both them and the pool. */
  CpuBackend(HostPool pool, Workers workers, Kernels kernels) {
    super(pool, workers, kernels);
    this.linearLayers = new LinearLayers(kernels);
  }

  @Override
  public String name() {
    return kernels.name();
  }

  @Override
  public String description() {
    int threads = workers.threads();
    return "%s (%s, %s)".formatted(name(), kernels.description(), Quantity.of(threads, "thread"));
  }

  @Override
  public Precision precision() {
    return kernels.factor() == null ? Precision.F32 : Precision.BF16;
  }

  @Override
  public String numerics() {
    return "%s (%s)".formatted(name(), kernels.numerics());
  }

  @Override
  public OptionalDouble peakFlops() {
    DoubleSupplier peak = kernels.peak();
    return peak == null
        ? OptionalDouble.empty()
        : OptionalDouble.of(workers.threads() * peak.getAsDouble());
  }

  // ---- fused ----

  @Override
  public DType factorType() {
    return kernels.factor() == null ? DType.F32 : kernels.factor().type();
  }

  @Override
  public Tensor linear(Eager ops, Tensor x, Tensor weight, @Nullable Tensor bias) {
    return isF32(weight)
        ? linearLayers.forward(ops, x, weight, bias)
        : super.linear(ops, x, weight, bias);
  }

  @Override
  public Tensor linear(
      Eager ops, Tensor x, Tensor weight, @Nullable Tensor bias, Epilogue epilogue) {
    return isF32(weight)
        ? linearLayers.forward(ops, x, weight, bias, epilogue)
        : super.linear(ops, x, weight, bias, epilogue);
  }

  @Override
  public Tensor gelu(Eager ops, Tensor x, Gelu kind) {
    if (!isF32(x)) {
      return super.gelu(ops, x, kind);
    }
    Tensor y = ops.emptyLike(x);
    kernels.gelu().forward(kind, Operand.of(x), Operand.of(y), x.size());
    return y;
  }

  @Override
  public Tensor geluGrad(Eager ops, Tensor x, Gelu kind, Tensor g) {
    if (!isF32(x)) {
      return super.geluGrad(ops, x, kind, g);
    }
    Tensor dx = ops.emptyLike(x);
    kernels.gelu().backward(kind, Operand.of(x), Operand.of(g), Operand.of(dx), x.size());
    return dx;
  }

  @Override
  public Tensor softmax(Eager ops, Tensor x) {
    if (!isF32(x)) {
      return super.softmax(ops, x);
    }
    Tensor y = ops.emptyLike(x);
    kernels.softmax().softmax(Operand.of(x), Operand.of(y), rows(x), x.dim(-1));
    return y;
  }

  @Override
  public Tensor softmaxGrad(Eager ops, Tensor y, Tensor g) {
    if (!isF32(y)) {
      return super.softmaxGrad(ops, y, g);
    }
    Tensor dx = ops.emptyLike(y);
    kernels.softmax().softmaxGrad(Operand.of(y), Operand.of(g), Operand.of(dx), rows(y), y.dim(-1));
    return dx;
  }

  @Override
  public Tensor logSoftmax(Eager ops, Tensor x) {
    if (!isF32(x)) {
      return super.logSoftmax(ops, x);
    }
    Tensor y = ops.emptyLike(x);
    kernels.softmax().logSoftmax(Operand.of(x), Operand.of(y), rows(x), x.dim(-1));
    return y;
  }

  @Override
  public Tensor logSoftmaxGrad(Eager ops, Tensor y, Tensor g) {
    if (!isF32(y)) {
      return super.logSoftmaxGrad(ops, y, g);
    }
    Tensor dx = ops.emptyLike(y);
    kernels
        .softmax()
        .logSoftmaxGrad(Operand.of(y), Operand.of(g), Operand.of(dx), rows(y), y.dim(-1));
    return dx;
  }

  @Override
  public Tensor layerNorm(
      Eager ops, Tensor x, @Nullable Tensor gamma, @Nullable Tensor beta, double eps) {
    return isF32(x)
        ? layerNorm(ops, x, gamma, beta, eps, null)
        : super.layerNorm(ops, x, gamma, beta, eps);
  }

  @Override
  public Tensor layerNormFactor(
      Eager ops, Tensor x, @Nullable Tensor gamma, @Nullable Tensor beta, double eps) {
    return isF32(x)
        ? layerNorm(ops, x, gamma, beta, eps, kernels.factor())
        : super.layerNormFactor(ops, x, gamma, beta, eps);
  }

  private Tensor layerNorm(
      Eager ops,
      Tensor x,
      @Nullable Tensor gamma,
      @Nullable Tensor beta,
      double eps,
      @Nullable FactorKernel factor) {
    Tensor y = ops.empty(factor == null ? DType.F32 : factor.type(), x.shape());
    kernels
        .layerNorm()
        .forward(
            Operand.of(x),
            Operand.ofNullable(gamma),
            Operand.ofNullable(beta),
            (float) eps,
            Operand.of(y),
            factor,
            rows(x),
            x.dim(-1));
    return y;
  }

  @Override
  public LayerNormGrad layerNormGrad(
      Eager ops, Tensor x, @Nullable Tensor gamma, double eps, Tensor g) {
    if (!isF32(x)) {
      return super.layerNormGrad(ops, x, gamma, eps, g);
    }
    Tensor dx = ops.emptyLike(x);
    Tensor dgamma = gamma == null ? null : ops.emptyLike(gamma);
    Tensor dbeta = gamma == null ? null : ops.emptyLike(gamma);
    kernels
        .layerNorm()
        .backward(
            Operand.of(x),
            Operand.ofNullable(gamma),
            (float) eps,
            Operand.of(g),
            new LayerNormKernel.Gradients(
                Operand.of(dx), Operand.ofNullable(dgamma), Operand.ofNullable(dbeta)),
            rows(x),
            x.dim(-1));
    return new LayerNormGrad(dx, dgamma, dbeta);
  }

  @Override
  public Tensor attention(Eager ops, Tensor qkv, int heads, double scale, AttentionMask mask) {
    if (!isF32(qkv) || qkv.size() == 0) {
      return super.attention(ops, qkv, heads, scale, mask);
    }
    Tensor y = ops.empty(DType.F32, qkv.shape().with(2, qkv.dim(2) / 3));
    kernels
        .attention()
        .forward(Operand.of(qkv), (float) scale, Operand.of(y), shape(qkv, heads, mask));
    return y;
  }

  @Override
  public Tensor attention(Eager ops, Tensor q, Tensor qkv, int heads, double scale) {
    if (!isF32(qkv) || qkv.size() == 0 || q.size() == 0) {
      return super.attention(ops, q, qkv, heads, scale);
    }
    Tensor y = ops.emptyLike(q);
    kernels
        .attention()
        .forward(
            Operand.of(q),
            q.dim(1),
            Operand.of(qkv),
            (float) scale,
            Operand.of(y),
            shape(qkv, heads, AttentionMask.NONE));
    return y;
  }

  @Override
  public Tensor attentionGrad(
      Eager ops, Tensor qkv, int heads, double scale, AttentionMask mask, Tensor g) {
    if (!isF32(qkv) || qkv.size() == 0) {
      return super.attentionGrad(ops, qkv, heads, scale, mask, g);
    }
    Tensor dqkv = ops.emptyLike(qkv);
    kernels
        .attention()
        .backward(
            Operand.of(qkv),
            (float) scale,
            Operand.of(g),
            Operand.of(dqkv),
            shape(qkv, heads, mask));
    return dqkv;
  }

  @Override
  public Tensor attentionProbabilities(
      Eager ops, Tensor qkv, int heads, double scale, AttentionMask mask, int from, int to) {
    if (!isF32(qkv) || qkv.size() == 0) {
      return super.attentionProbabilities(ops, qkv, heads, scale, mask, from, to);
    }
    int tokens = qkv.dim(1);
    Tensor p = ops.empty(DType.F32, Shape.of(qkv.dim(0), heads, to - from, tokens));
    kernels
        .attention()
        .probabilities(
            Operand.of(qkv),
            (float) scale,
            from,
            to - from,
            Operand.of(p),
            shape(qkv, heads, mask));
    return p;
  }

  @Override
  public Tensor weightedSum(Eager ops, List<Tensor> xs, Tensor weights) {
    if (!isF32(weights)) {
      return super.weightedSum(ops, xs, weights);
    }
    Tensor y = ops.emptyLike(xs.getFirst());
    kernels.mix().forward(weights.toFloats(), operands(xs), Operand.of(y), y.size());
    return y;
  }

  @Override
  public Tensor weightedSumWeightGrad(Eager ops, List<Tensor> xs, Tensor g) {
    if (!isF32(g)) {
      return super.weightedSumWeightGrad(ops, xs, g);
    }
    float[] dw = new float[xs.size()];
    kernels.mix().weightGrad(Operand.of(g), operands(xs), dw, g.size());
    return ops.of(dw, dw.length);
  }

  @Override
  public Tensor smoothL1(Eager ops, Tensor prediction, Tensor target, double beta) {
    if (!isF32(prediction)) {
      return super.smoothL1(ops, prediction, target, beta);
    }
    long n = prediction.size();
    double sum =
        kernels.loss().smoothL1(Operand.of(prediction), Operand.of(target), (float) beta, n);
    return ops.full(DType.F32, Shape.of(), sum / n);
  }

  @Override
  public Tensor smoothL1Grad(Eager ops, Tensor prediction, Tensor target, double beta, Tensor g) {
    if (!isF32(prediction)) {
      return super.smoothL1Grad(ops, prediction, target, beta, g);
    }
    Tensor dx = ops.emptyLike(prediction);
    kernels
        .loss()
        .smoothL1Grad(
            Operand.of(prediction),
            Operand.of(target),
            (float) beta,
            Host.scalar(g) / prediction.size(),
            Operand.of(dx),
            dx.size());
    return dx;
  }

  @Override
  public Tensor crossEntropy(Eager ops, Tensor logits, Tensor targets) {
    if (!isF32(logits)) {
      return super.crossEntropy(ops, logits, targets);
    }
    double mean =
        kernels
            .loss()
            .crossEntropy(Operand.of(logits), Operand.of(targets), logits.dim(0), logits.dim(1));
    return ops.full(DType.F32, Shape.of(), mean);
  }

  @Override
  public Tensor crossEntropyGrad(Eager ops, Tensor logits, Tensor targets, Tensor g) {
    if (!isF32(logits)) {
      return super.crossEntropyGrad(ops, logits, targets, g);
    }
    Tensor dx = ops.emptyLike(logits);
    kernels
        .loss()
        .crossEntropyGrad(
            Operand.of(logits),
            Operand.of(targets),
            Host.scalar(g),
            Operand.of(dx),
            logits.dim(0),
            logits.dim(1));
    return dx;
  }

  @Override
  public double sumOfSquares(Eager ops, List<Tensor> xs) {
    if (!xs.stream().allMatch(x -> isF32(x) && x.layout().isContiguous())) {
      return super.sumOfSquares(ops, xs);
    }
    return kernels
        .accumulate()
        .sumOfSquares(
            xs.stream().map(x -> new AccumulateKernel.Span(Operand.of(x), x.size())).toList());
  }

  // ---- mutation ----

  @Override
  public void accumulate(Eager ops, Tensor target, double factor, Tensor value) {
    Host.requireMutable("accumulate", target);
    if (isF32(target) && target.layout().isContiguous() && value.layout().isContiguous()) {
      kernels
          .accumulate()
          .accumulate((float) factor, Operand.of(value), Operand.of(target), target.size());
    } else {
      super.accumulate(ops, target, factor, value);
    }
  }

  @Override
  public void adamW(Eager ops, List<AdamWSlot> slots, AdamWSettings settings) {
    slots.forEach(slot -> Host.requireMutable("AdamW", slot.parameter()));
    if (slots.stream().allMatch(slot -> isF32(slot.parameter()))) {
      kernels.adamW().update(slots, settings);
    } else {
      super.adamW(ops, slots, settings);
    }
  }

  private static long rows(Tensor x) {
    return x.shape().leading(x.shape().rank() - 1).size();
  }

  private static AttentionKernel.Shape shape(Tensor qkv, int heads, AttentionMask mask) {
    return new AttentionKernel.Shape(
        qkv.dim(0), qkv.dim(1), heads, qkv.dim(2) / 3 / heads, scoreMask(mask, qkv.dim(1)));
  }

  private static ScoreMask scoreMask(AttentionMask mask, int tokens) {
    if (mask.isNone()) {
      return ScoreMask.NONE;
    }
    MemorySegment keys = mask.keys() == null ? null : memory(mask.keys());
    MemorySegment bias = mask.bias() == null ? null : memory(mask.bias());
    return ScoreMask.of(
        mask.causal(),
        keys == null ? null : keys.toArray(ValueLayout.JAVA_BYTE),
        bias == null ? null : bias.toArray(ValueLayout.JAVA_FLOAT_UNALIGNED),
        tokens);
  }

  /** The elements of a contiguous tensor. */
  private static MemorySegment memory(Tensor x) {
    Operand operand = Operand.of(x);
    long bytes = x.dtype().bytes();
    return operand.segment().asSlice(operand.offset() * bytes, x.size() * bytes);
  }

  private static Operand[] operands(List<Tensor> xs) {
    return xs.stream().map(Operand::of).toArray(Operand[]::new);
  }
}
