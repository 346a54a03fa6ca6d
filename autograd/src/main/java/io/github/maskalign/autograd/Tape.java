package io.github.maskalign.autograd;

import io.github.maskalign.tensor.AttentionMask;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ClosedException;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.op.BinaryOp;
import io.github.maskalign.tensor.op.Gelu;
import io.github.maskalign.tensor.op.UnaryOp;
import io.github.maskalign.tensor.random.Philox;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Computes like {@link Eager} and records the operations that depend on a watched tensor, for one
 * backward pass (reverse-mode automatic differentiation). The tape owns a scope; closing it frees
 * every tensor of the step.
 *
 * <pre>{@code
 * try (Tape tape = Tape.open(scope, "step")) {
 *   Tensor w = tape.watch(weight);
 *   Tensor loss = x.matmul(w).sub(y).square().mean();
 *   Gradients gradients = tape.backward(loss);
 *   gradients.of(weight);
 * }
 * }</pre>
 *
 * @since 0.1.0
 */
public final class Tape implements Ops, AutoCloseable {

  private final Eager eager;
  private final Recording recording;

  private Tape(Eager eager, Recording recording) {
    this.eager = eager;
    this.recording = recording;
  }

  /** Opens a tape whose scope is nested in {@code parent}. */
  public static Tape open(Scope parent, String name) {
    return inside(parent, name, Recording.empty());
  }

  /** Opens a tape over a nested scope that continues a recording. */
  static Tape inside(Scope parent, String name, Recording recording) {
    return (Tape) parent.child(name, eager -> new Tape(eager, recording)).ops();
  }

  // ---- recording ----

  /**
   * Requests the gradient of a tensor, usually a parameter of an outer scope.
   *
   * @return a view owned by this tape, so that fluent operations on it alone are recorded as well;
   *     the gradient is that of the given tensor
   */
  public Tensor watch(Tensor leaf) {
    recording.watch(leaf);
    return record(new Operation.Reshape(leaf, eager.reshape(leaf, leaf.shape().dims())));
  }

  /** Watches several tensors. */
  public void watchAll(Iterable<Tensor> leaves) {
    leaves.forEach(recording::watch);
  }

  /**
   * Keeps a value readable after {@link #within}, {@link #discard} and {@link #backward}, which
   * would free it: the first two unless a derivative reads it, the last one always.
   */
  public Tensor retain(Tensor tensor) {
    recording.retain(tensor);
    return tensor;
  }

  /** Number of operations recorded so far. */
  public int size() {
    return recording.size();
  }

  /**
   * Describes the first operation whose result, if still in memory, satisfies a predicate. Locates
   * the origin of non-finite values in a forward pass.
   */
  public Optional<String> firstResult(Predicate<Tensor> predicate) {
    List<Operation> all = recorded().toList();
    for (int i = 0; i < all.size(); i++) {
      Tensor y = all.get(i).y();
      if (!y.isClosed() && predicate.test(y)) {
        return Optional.of(
            "the result of %s %s, operation %d of %d"
                .formatted(all.get(i).getClass().getSimpleName(), y.shape(), i + 1, all.size()));
      }
    }
    return Optional.empty();
  }

  /** The operations recorded so far, in order. */
  Stream<Operation> recorded() {
    return recording.operations();
  }

  private Tensor record(Operation operation) {
    return recording.record(operation);
  }

  // ---- backward ----

  /**
   * Computes the gradients of a scalar with respect to all watched tensors. It frees the recorded
   * values as it proceeds, except the loss and retained ones, so it can be called only once.
   *
   * @throws ShapeException if {@code loss} has more than one element
   * @throws ClosedException if this tape has run backward before
   */
  public Gradients backward(Tensor loss) {
    if (loss.size() != 1) {
      throw new ShapeException("backward: the loss must be a scalar, got shape " + loss.shape());
    }
    if (recording.isSpent()) {
      throw new ClosedException("backward: already called on this tape; open a tape for each step");
    }
    recording.spend();
    recording.retain(loss);
    BackwardPass pass = new BackwardPass(scope());
    pass.seed(loss, eager.full(loss.dtype(), loss.shape(), 1));
    recording.propagate(pass, scope());
    return pass.finish();
  }

  /** Frees all tensors of this tape. */
  @Override
  public void close() {
    scope().close();
  }

  @Override
  public Scope scope() {
    return eager.scope();
  }

  // ---- operations ----

  @Override
  public Tensor of(float[] values, int... dims) {
    return eager.of(values, dims);
  }

  @Override
  public Tensor of(double[] values, int... dims) {
    return eager.of(values, dims);
  }

  @Override
  public Tensor of(int[] values, int... dims) {
    return eager.of(values, dims);
  }

  @Override
  public Tensor full(DType dtype, Shape shape, double value) {
    return eager.full(dtype, shape, value);
  }

  @Override
  public Tensor uniform(Philox draws, int... dims) {
    return eager.uniform(draws, dims);
  }

  @Override
  public Tensor unary(UnaryOp op, Tensor x) {
    return record(new Operation.Unary(op, x, eager.unary(op, x)));
  }

  @Override
  public Tensor binary(BinaryOp op, Tensor a, Tensor b) {
    return record(new Operation.Binary(op, a, b, eager.binary(op, a, b)));
  }

  @Override
  public Tensor affine(Tensor x, double scale, double shift) {
    return record(new Operation.Affine(x, scale, eager.affine(x, scale, shift)));
  }

  @Override
  public Tensor gelu(Tensor x, Gelu kind) {
    return record(new Operation.Gelu(x, kind, eager.gelu(x, kind)));
  }

  @Override
  public Tensor sum(Tensor x, boolean keepAxes, int... axes) {
    Tensor y = eager.sum(x, keepAxes, axes);
    return record(new Operation.Sum(x, keptDims(x, axes), y));
  }

  @Override
  public Tensor max(Tensor x, boolean keepAxes, int... axes) {
    Tensor y = eager.max(x, keepAxes, axes);
    return record(new Operation.Max(x, keptDims(x, axes), y));
  }

  private static int[] keptDims(Tensor x, int... axes) {
    int[] dims = x.shape().dims();
    for (int i = 0; i < dims.length; i++) {
      dims[i] = axes.length == 0 ? 1 : dims[i];
    }
    for (int axis : axes) {
      dims[x.shape().axis(axis)] = 1;
    }
    return dims;
  }

  @Override
  public Tensor matmul(Tensor a, Tensor b) {
    return record(new Operation.MatMul(a, b, eager.matmul(a, b)));
  }

  @Override
  public Tensor linear(Tensor x, Tensor weight, @Nullable Tensor bias) {
    return record(new Operation.Linear(x, weight, bias, eager.linear(x, weight, bias)));
  }

  @Override
  public Tensor reshape(Tensor x, int... dims) {
    return record(new Operation.Reshape(x, eager.reshape(x, dims)));
  }

  @Override
  public Tensor permute(Tensor x, int... axes) {
    return record(new Operation.Permute(x, axes.clone(), eager.permute(x, axes)));
  }

  @Override
  public Tensor slice(Tensor x, int axis, int from, int to) {
    return record(new Operation.Slice(x, axis, from, eager.slice(x, axis, from, to)));
  }

  @Override
  public Tensor broadcast(Tensor x, Shape shape) {
    return record(new Operation.Broadcast(x, eager.broadcast(x, shape)));
  }

  @Override
  public Tensor concat(List<Tensor> xs, int axis) {
    return record(new Operation.Concat(List.copyOf(xs), axis, eager.concat(xs, axis)));
  }

  @Override
  public Tensor cast(Tensor x, DType dtype) {
    return record(new Operation.Cast(x, eager.cast(x, dtype)));
  }

  @Override
  public Tensor gatherTokens(Tensor x, Tensor ids) {
    return record(new Operation.GatherTokens(x, ids, eager.gatherTokens(x, ids)));
  }

  @Override
  public Tensor embedding(Tensor table, Tensor ids) {
    return record(new Operation.Embedding(table, ids, eager.embedding(table, ids)));
  }

  @Override
  public Tensor softmax(Tensor x) {
    return record(new Operation.Softmax(x, eager.softmax(x)));
  }

  @Override
  public Tensor logSoftmax(Tensor x) {
    return record(new Operation.LogSoftmax(x, eager.logSoftmax(x)));
  }

  @Override
  public Tensor layerNorm(Tensor x, @Nullable Tensor gamma, @Nullable Tensor beta, double eps) {
    Tensor y = eager.layerNorm(x, gamma, beta, eps);
    return record(new Operation.LayerNorm(x, gamma, beta, eps, y));
  }

  @Override
  public Tensor attention(Tensor qkv, int heads, double scale, AttentionMask mask) {
    Tensor y = eager.attention(qkv, heads, scale, mask);
    return record(new Operation.Attention(qkv, heads, scale, mask, y));
  }

  @Override
  public Tensor weightedSum(List<Tensor> xs, Tensor weights) {
    Tensor y = eager.weightedSum(xs, weights);
    return record(new Operation.WeightedSum(List.copyOf(xs), weights, y));
  }

  @Override
  public Tensor smoothL1(Tensor prediction, Tensor target, double beta) {
    Tensor y = eager.smoothL1(prediction, target, beta);
    return record(new Operation.SmoothL1(prediction, target, beta, y));
  }

  @Override
  public Tensor crossEntropy(Tensor logits, Tensor targets) {
    Tensor y = eager.crossEntropy(logits, targets);
    return record(new Operation.CrossEntropy(logits, targets, y));
  }

  /**
   * Runs the body and frees the tensors it created, except its result, those that a derivative
   * reads and that are not recomputed cheaply, and retained ones.
   */
  @Override
  public Tensor within(String name, Function<Ops, Tensor> body) {
    int from = recording.size();
    try (Tape inner = inside(scope(), name, recording)) {
      Tensor result = body.apply(inner);
      recording.keepSaved(inner.scope(), from);
      return inner.scope().keep(result);
    }
  }

  /**
   * Runs the body and keeps only its result and x; the backward pass runs it again. The
   * intermediate values of only one body at a time occupy memory, at the cost of a second forward
   * pass.
   */
  @Override
  public Tensor recomputed(String name, Tensor x, BiFunction<Ops, Tensor, Tensor> body) {
    Recording trial = recording.branch();
    try (Tape inner = inside(scope(), name, trial)) {
      Tensor y = body.apply(inner, x);
      boolean depends = recording.isTracked(y) && y.owner() == inner.scope();
      trial.clear();
      inner.scope().keep(y);
      return depends ? record(new Operation.Recomputed(name, x, body, y)) : y;
    }
  }

  /** Frees the tensor, unless it is retained or a derivative reads it and cannot recompute it. */
  @Override
  public void discard(Tensor tensor) {
    if (!recording.needs(tensor)) {
      eager.discard(tensor);
    }
  }
}
