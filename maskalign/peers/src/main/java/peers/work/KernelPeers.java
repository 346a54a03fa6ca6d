package peers.work;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.training.GradientCollector;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.AdamWSettings;
import io.github.maskalign.tensor.AdamWSlot;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.op.Gelu;
import io.github.maskalign.vit.ViT;
import io.github.maskalign.vit.ViTConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import peers.contest.Contender;
import peers.contest.Contest;
import peers.contest.Result;

/** Compares the operations around the matrix product with libtorch's. */
public final class KernelPeers {

  private static final String TORCH = "libtorch";
  private static final int HEAD = 64;
  private static final float SCALE = 0.125f;

  private final Scope scope;
  private final NDManager manager;
  private final Random random = new Random(1);

  /** Both sides allocate from these. */
  public KernelPeers(Scope scope, NDManager manager) {
    this.scope = scope;
    this.manager = manager;
  }

  /** Runs all contests. */
  public void run(Contest contest, Consumer<Result> to) {
    to.accept(attention(contest, 16, 60));
    to.accept(attention(contest, 4, 197));
    to.accept(attentionGrad(contest, 16, 60));
    to.accept(attentionGrad(contest, 4, 197));
    to.accept(softmax(contest, 11520, 60));
    to.accept(softmax(contest, 9456, 197));
    to.accept(layerNorm(contest, 960, 768));
    to.accept(gelu(contest, 960, 3072));
    to.accept(adamW(contest, ViTConfig.small(224, 16)));
  }

  private Result attention(Contest contest, int batch, int tokens) {
    int heads = 12;
    Tensor qkv = tensor(values(batch * tokens * 3 * heads * HEAD), batch, tokens, 3 * heads * HEAD);
    NDArray q = array(batch * heads, tokens, HEAD);
    NDArray k = array(batch * heads, tokens, HEAD);
    NDArray v = array(batch * heads, tokens, HEAD);
    return contest.run(
        "attention forward " + tokens + " tokens",
        ours(eager -> eager.attention(qkv, heads, SCALE)),
        TORCH,
        theirs(() -> TorchVit.attention(q, k, v, SCALE), q));
  }

  private Result attentionGrad(Contest contest, int batch, int tokens) {
    int heads = 12;
    Tensor qkv = tensor(values(batch * tokens * 3 * heads * HEAD), batch, tokens, 3 * heads * HEAD);
    Tensor g = tensor(values(batch * tokens * heads * HEAD), batch, tokens, heads * HEAD);
    return contest.run(
        "attention backward " + tokens + " tokens",
        ours(eager -> eager.attentionGrad(qkv, heads, SCALE, g)),
        TORCH,
        new TorchAttentionBackward(batch * heads, tokens));
  }

  /** Runs forward untimed, with new leaves, since a second gradient would add to the first. */
  private final class TorchAttentionBackward implements Contender {
    private final NDArray q;
    private final NDArray k;
    private final NDArray v;
    private NDManager step;
    private GradientCollector collector;
    private NDArray result;

    TorchAttentionBackward(int heads, int tokens) {
      q = array(heads, tokens, HEAD);
      k = array(heads, tokens, HEAD);
      v = array(heads, tokens, HEAD);
    }

    @Override
    public void prepare() {
      step = manager.newSubManager();
      collector = Engine.getEngine("PyTorch").newGradientCollector();
      result = TorchVit.attention(leaf(q), leaf(k), leaf(v), SCALE);
    }

    private NDArray leaf(NDArray values) {
      NDArray leaf = values.duplicate();
      leaf.attach(step);
      leaf.setRequiresGradient(true);
      return leaf;
    }

    @Override
    public void run() {
      collector.backward(result);
    }

    @Override
    public void finish() {
      collector.close();
      step.close();
    }
  }

  private Result softmax(Contest contest, int rows, int columns) {
    float[] values = values(rows * columns);
    Tensor x = tensor(values, rows, columns);
    NDArray y = manager.create(values, new Shape(rows, columns));
    return contest.run(
        "softmax of " + columns,
        ours(eager -> eager.softmax(x)),
        TORCH,
        theirs(() -> y.softmax(-1), y));
  }

  private Result layerNorm(Contest contest, int rows, int columns) {
    Tensor x = tensor(values(rows * columns), rows, columns);
    Tensor gamma = tensor(values(columns), columns);
    Tensor beta = tensor(values(columns), columns);
    NDArray y = array(rows, columns);
    NDArray scale = array(columns);
    NDArray shift = array(columns);
    return contest.run(
        "layer norm " + rows + " x " + columns,
        ours(eager -> eager.layerNorm(x, gamma, beta, 1e-6)),
        TORCH,
        theirs(() -> TorchVit.layerNorm(y, scale, shift, columns), y));
  }

  private Result gelu(Contest contest, int rows, int columns) {
    Tensor x = tensor(values(rows * columns), rows, columns);
    Tensor bias = tensor(values(columns), columns);
    NDArray y = array(rows, columns);
    NDArray shift = array(columns);
    return contest.run(
        "bias and GELU " + rows + " x " + columns,
        ours(eager -> eager.gelu(eager.add(x, bias), Gelu.ERF)),
        TORCH,
        theirs(() -> Activation.gelu(y.add(shift)), y));
  }

  private Result adamW(Contest contest, ViTConfig config) {
    Parameters parameters = Parameters.initialized(scope, DType.F32, 1);
    ViT.create(parameters.root(), config);
    List<AdamWSlot> slots = new ArrayList<>();
    List<NDArray> weights = new ArrayList<>();
    List<NDArray> gradients = new ArrayList<>();
    Eager eager = scope.eager();
    for (Parameter parameter : parameters.trainable()) {
      Tensor value = parameter.value();
      Tensor gradient = eager.affine(value, 0.1, 0.001);
      Tensor zero = eager.affine(value, 0, 0);
      Tensor one = eager.affine(value, 0, 1e-4);
      slots.add(new AdamWSlot(value, gradient, zero, one, 1e-4, 0.05, 10));
      Shape shape = new Shape(Arrays.stream(value.shape().dims()).asLongStream().toArray());
      weights.add(manager.create(value.toFloats(), shape));
      gradients.add(manager.create(gradient.toFloats(), shape));
    }
    AdamWSettings settings = new AdamWSettings(0.9, 0.999, 1e-8, 1);
    Optimizer optimizer =
        Optimizer.adamW()
            .optLearningRateTracker(Tracker.fixed(1e-4f))
            .optWeightDecays(0.05f)
            .build();
    return contest.run(
        "AdamW of ViT-S",
        () -> scope.backend().adamW(eager, slots, settings),
        TORCH,
        () -> {
          for (int i = 0; i < weights.size(); i++) {
            optimizer.update("p" + i, weights.get(i), gradients.get(i));
          }
        });
  }

  private Contender ours(Function<Eager, Tensor> work) {
    return () -> {
      try (Scope inner = scope.child("round")) {
        work.apply(inner.eager());
      }
    };
  }

  /** The operands' manager owns all results and frees them after each run. */
  private Contender theirs(Runnable work, NDArray... operands) {
    return () -> {
      try (NDManager inner = manager.newSubManager()) {
        for (NDArray operand : operands) {
          operand.tempAttach(inner);
        }
        work.run();
      }
    };
  }

  private float[] values(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private Tensor tensor(float[] values, int... dims) {
    return scope.eager().of(values, dims);
  }

  private NDArray array(int... dims) {
    long[] shape = Arrays.stream(dims).asLongStream().toArray();
    return manager.create(values((int) new Shape(shape).size()), new Shape(shape));
  }
}
