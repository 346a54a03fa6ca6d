package io.github.maskalign.cpu;

import static io.github.maskalign.cpu.Host.isF32;
import static io.github.maskalign.cpu.Host.offset;
import static io.github.maskalign.cpu.Host.segment;

import io.github.maskalign.tensor.AdamWSettings;
import io.github.maskalign.tensor.AdamWSlot;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.LayerNormGrad;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.memory.HostPool;
import io.github.maskalign.tensor.op.Gelu;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Runs F32 on the processor's vector units and everything else, F64 above all, on the reference
 * backend over the same memory. Results have the same bits for any number of threads.
 */
public final class CpuBackend extends CpuPrimitives {

  private final GeluKernel gelu;
  private final SoftmaxKernel softmax;
  private final LayerNormKernel layerNorm;
  private final AttentionKernel attention;
  private final MixKernel mix;
  private final LossKernel loss;
  private final AccumulateKernel accumulate;
  private final AdamWKernel adamW;

  /** A backend with its own threads; it closes the pool. */
  public CpuBackend(HostPool pool, int threads) {
    this(pool, new Workers(threads), new Scratch());
  }

  private CpuBackend(HostPool pool, Workers workers, Scratch scratch) {
    super(pool, workers, scratch);
    this.gelu = new GeluKernel(workers, scratch);
    this.softmax = new SoftmaxKernel(workers, scratch);
    this.layerNorm = new LayerNormKernel(workers, scratch);
    this.attention = new AttentionKernel(workers, scratch);
    this.mix = new MixKernel(workers, scratch);
    this.loss = new LossKernel(workers, scratch);
    this.accumulate = new AccumulateKernel(workers, scratch);
    this.adamW = new AdamWKernel(workers, scratch);
  }

  @Override
  public String name() {
    return "cpu";
  }

  @Override
  public String description() {
    return "cpu (Vector API, "
        + Lanes.F32.vectorBitSize()
        + "-bit vectors, "
        + workers.threads()
        + (workers.threads() == 1 ? " thread)" : " threads)");
  }

  @Override
  public OptionalDouble peakFlops() {
    return OptionalDouble.of(workers.threads() * FmaPeak.measure());
  }

  // ---- fused ----

  @Override
  public Tensor linear(Eager ops, Tensor x, Tensor weight, @Nullable Tensor bias) {
    if (!isF32(x)) {
      return super.linear(ops, x, weight, bias);
    }
    PackedMatrix packed = PackedMatrix.ofFrozen(weight, gemm);
    Tensor y = ops.empty(DType.F32, Shape.of(x.dim(0), weight.dim(0)));
    GemmProduct product =
        new GemmProduct(
            x.dim(0),
            weight.dim(0),
            x.dim(1),
            BatchedMatMul.operand(x),
            packed == null ? BatchedMatMul.operand(weight).transposed() : GemmOperand.NONE,
            BatchedMatMul.operand(y),
            bias == null ? null : segment(bias),
            bias == null ? 0 : offset(bias),
            false);
    gemm.run(product, packed);
    return y;
  }

  @Override
  public Tensor gelu(Eager ops, Tensor x, Gelu kind) {
    if (!isF32(x)) {
      return super.gelu(ops, x, kind);
    }
    Tensor y = ops.emptyLike(x);
    gelu.forward(kind, segment(x), offset(x), segment(y), offset(y), x.size());
    return y;
  }

  @Override
  public Tensor geluGrad(Eager ops, Tensor x, Gelu kind, Tensor g) {
    if (!isF32(x)) {
      return super.geluGrad(ops, x, kind, g);
    }
    Tensor dx = ops.emptyLike(x);
    gelu.backward(
        kind, segment(x), offset(x), segment(g), offset(g), segment(dx), offset(dx), x.size());
    return dx;
  }

  @Override
  public Tensor softmax(Eager ops, Tensor x) {
    if (!isF32(x)) {
      return super.softmax(ops, x);
    }
    Tensor y = ops.emptyLike(x);
    softmax.forward(segment(x), offset(x), segment(y), offset(y), rows(x), x.dim(-1));
    return y;
  }

  @Override
  public Tensor softmaxGrad(Eager ops, Tensor y, Tensor g) {
    if (!isF32(y)) {
      return super.softmaxGrad(ops, y, g);
    }
    Tensor dx = ops.emptyLike(y);
    softmax.backward(
        segment(y), offset(y), segment(g), offset(g), segment(dx), offset(dx), rows(y), y.dim(-1));
    return dx;
  }

  @Override
  public Tensor logSoftmax(Eager ops, Tensor x) {
    if (!isF32(x)) {
      return super.logSoftmax(ops, x);
    }
    Tensor y = ops.emptyLike(x);
    softmax.logForward(segment(x), offset(x), segment(y), offset(y), rows(x), x.dim(-1));
    return y;
  }

  @Override
  public Tensor logSoftmaxGrad(Eager ops, Tensor y, Tensor g) {
    if (!isF32(y)) {
      return super.logSoftmaxGrad(ops, y, g);
    }
    Tensor dx = ops.emptyLike(y);
    softmax.logBackward(
        segment(y), offset(y), segment(g), offset(g), segment(dx), offset(dx), rows(y), y.dim(-1));
    return dx;
  }

  @Override
  public Tensor layerNorm(
      Eager ops, Tensor x, @Nullable Tensor gamma, @Nullable Tensor beta, double eps) {
    if (!isF32(x)) {
      return super.layerNorm(ops, x, gamma, beta, eps);
    }
    Tensor y = ops.emptyLike(x);
    layerNorm.forward(
        segment(x),
        offset(x),
        gamma == null ? null : segment(gamma),
        gamma == null ? 0 : offset(gamma),
        beta == null ? null : segment(beta),
        beta == null ? 0 : offset(beta),
        (float) eps,
        segment(y),
        offset(y),
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
    layerNorm.backward(
        segment(x),
        offset(x),
        gamma == null ? null : segment(gamma),
        gamma == null ? 0 : offset(gamma),
        (float) eps,
        segment(g),
        offset(g),
        segment(dx),
        offset(dx),
        dgamma == null ? null : segment(dgamma),
        dgamma == null ? 0 : offset(dgamma),
        dbeta == null ? null : segment(dbeta),
        dbeta == null ? 0 : offset(dbeta),
        rows(x),
        x.dim(-1));
    return new LayerNormGrad(dx, dgamma, dbeta);
  }

  @Override
  public Tensor attention(Eager ops, Tensor qkv, int heads, double scale) {
    if (!isF32(qkv) || qkv.size() == 0) {
      return super.attention(ops, qkv, heads, scale);
    }
    Tensor y = ops.empty(DType.F32, qkv.shape().with(2, qkv.dim(2) / 3));
    attention.forward(
        segment(qkv),
        offset(qkv),
        (float) scale,
        segment(y),
        offset(y),
        qkv.dim(0),
        qkv.dim(1),
        heads,
        y.dim(2) / heads);
    return y;
  }

  @Override
  public Tensor attentionGrad(Eager ops, Tensor qkv, int heads, double scale, Tensor g) {
    if (!isF32(qkv) || qkv.size() == 0) {
      return super.attentionGrad(ops, qkv, heads, scale, g);
    }
    Tensor dqkv = ops.emptyLike(qkv);
    attention.backward(
        segment(qkv),
        offset(qkv),
        (float) scale,
        segment(g),
        offset(g),
        segment(dqkv),
        offset(dqkv),
        qkv.dim(0),
        qkv.dim(1),
        heads,
        g.dim(2) / heads);
    return dqkv;
  }

  @Override
  public Tensor attentionProbabilities(
      Eager ops, Tensor qkv, int heads, double scale, int from, int to) {
    if (!isF32(qkv) || qkv.size() == 0) {
      return super.attentionProbabilities(ops, qkv, heads, scale, from, to);
    }
    int tokens = qkv.dim(1);
    Tensor p = ops.empty(DType.F32, Shape.of(qkv.dim(0), heads, to - from, tokens));
    attention.probabilities(
        segment(qkv),
        offset(qkv),
        (float) scale,
        from,
        to - from,
        segment(p),
        offset(p),
        qkv.dim(0),
        tokens,
        heads,
        qkv.dim(2) / 3 / heads);
    return p;
  }

  @Override
  public Tensor weightedSum(Eager ops, List<Tensor> xs, Tensor weights) {
    if (!isF32(weights)) {
      return super.weightedSum(ops, xs, weights);
    }
    Tensor y = ops.emptyLike(xs.getFirst());
    mix.forward(weights.toFloats(), 0, segments(xs), offsets(xs), segment(y), offset(y), y.size());
    return y;
  }

  @Override
  public Tensor weightedSumWeightGrad(Eager ops, List<Tensor> xs, Tensor g) {
    if (!isF32(g)) {
      return super.weightedSumWeightGrad(ops, xs, g);
    }
    float[] dw = new float[xs.size()];
    mix.backwardWeights(segment(g), offset(g), segments(xs), offsets(xs), dw, 0, g.size());
    return ops.of(dw, dw.length);
  }

  @Override
  public Tensor smoothL1(Eager ops, Tensor prediction, Tensor target, double beta) {
    if (!isF32(prediction)) {
      return super.smoothL1(ops, prediction, target, beta);
    }
    long n = prediction.size();
    double sum =
        loss.smoothL1(
            segment(prediction),
            offset(prediction),
            segment(target),
            offset(target),
            (float) beta,
            n);
    return ops.full(DType.F32, Shape.of(), sum / n);
  }

  @Override
  public Tensor smoothL1Grad(Eager ops, Tensor prediction, Tensor target, double beta, Tensor g) {
    if (!isF32(prediction)) {
      return super.smoothL1Grad(ops, prediction, target, beta, g);
    }
    Tensor dx = ops.emptyLike(prediction);
    loss.smoothL1Backward(
        segment(prediction),
        offset(prediction),
        segment(target),
        offset(target),
        (float) beta,
        Host.scalar(g) / prediction.size(),
        segment(dx),
        offset(dx),
        dx.size());
    return dx;
  }

  @Override
  public Tensor crossEntropy(Eager ops, Tensor logits, Tensor targets) {
    if (!isF32(logits)) {
      return super.crossEntropy(ops, logits, targets);
    }
    double mean =
        loss.crossEntropy(
            segment(logits),
            offset(logits),
            segment(targets),
            offset(targets),
            logits.dim(0),
            logits.dim(1));
    return ops.full(DType.F32, Shape.of(), mean);
  }

  @Override
  public Tensor crossEntropyGrad(Eager ops, Tensor logits, Tensor targets, Tensor g) {
    if (!isF32(logits)) {
      return super.crossEntropyGrad(ops, logits, targets, g);
    }
    Tensor dx = ops.emptyLike(logits);
    loss.crossEntropyBackward(
        segment(logits),
        offset(logits),
        segment(targets),
        offset(targets),
        Host.scalar(g),
        segment(dx),
        offset(dx),
        logits.dim(0),
        logits.dim(1));
    return dx;
  }

  @Override
  public double sumOfSquares(Eager ops, List<Tensor> xs) {
    if (!xs.stream().allMatch(x -> isF32(x) && x.layout().isContiguous())) {
      return super.sumOfSquares(ops, xs);
    }
    return accumulate.sumOfSquares(
        xs.stream().map(x -> new AccumulateKernel.Span(segment(x), offset(x), x.size())).toList());
  }

  // ---- mutation ----

  @Override
  public void accumulate(Eager ops, Tensor target, double factor, Tensor value) {
    Host.requireChangeable("accumulate", target);
    if (isF32(target) && target.layout().isContiguous() && value.layout().isContiguous()) {
      accumulate.add(
          (float) factor,
          segment(value),
          offset(value),
          segment(target),
          offset(target),
          target.size());
    } else {
      super.accumulate(ops, target, factor, value);
    }
  }

  @Override
  public void adamW(Eager ops, List<AdamWSlot> slots, AdamWSettings settings) {
    slots.forEach(slot -> Host.requireChangeable("AdamW", slot.parameter()));
    if (slots.stream().allMatch(slot -> isF32(slot.parameter()))) {
      adamW.update(slots, settings);
    } else {
      super.adamW(ops, slots, settings);
    }
  }

  private static long rows(Tensor x) {
    return x.shape().leading(x.shape().rank() - 1).size();
  }

  private static MemorySegment[] segments(List<Tensor> xs) {
    return xs.stream().map(Host::segment).toArray(MemorySegment[]::new);
  }

  private static long[] offsets(List<Tensor> xs) {
    return xs.stream().mapToLong(Host::offset).toArray();
  }
}
