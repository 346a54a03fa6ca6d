package io.github.maskalign.autograd;

import io.github.maskalign.tensor.BinaryOp;
import io.github.maskalign.tensor.ClosedException;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Gelu;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.ShapeException;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.UnaryOp;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Computes like {@link Eager} and records what depends on a watched tensor, for one backward pass
 * (reverse-mode differentiation). The tape owns a scope; closing it frees everything made in the
 * step.
 *
 * <pre>{@code
 * try (Tape tape = Tape.open(scope, "step")) {
 *   Tensor w = tape.watch(weight);
 *   Tensor loss = x.matmul(w).sub(y).square().mean();
 *   Gradients gradients = tape.backward(loss);
 *   gradients.of(weight);
 * }
 * }</pre>
 */
public final class Tape implements Ops, AutoCloseable {

  private final Eager eager;
  private final List<Operation> operations = new ArrayList<>();
  private final Set<Tensor> watched = identitySet();
  private final Set<Tensor> tracked = identitySet();
  private final Set<Tensor> retained = identitySet();
  private boolean spent;

  private Tape(Eager eager) {
    this.eager = eager;
  }

  /** A new tape whose scope lies inside {@code parent}. */
  public static Tape open(Scope parent, String name) {
    return (Tape) parent.child(name, Tape::new).ops();
  }

  private static <T> Set<T> identitySet() {
    return Collections.newSetFromMap(new IdentityHashMap<>());
  }

  // ---- recording ----

  /**
   * Asks for the gradient of a tensor, usually a parameter of an outer scope.
   *
   * @return a view owned by this tape, so that fluent operations on it alone are recorded too; the
   *     gradient is found under the given tensor
   */
  public Tensor watch(Tensor leaf) {
    remember(leaf);
    return record(new Operation.Reshape(leaf, eager.reshape(leaf, leaf.shape().dims())));
  }

  /** Watches many tensors. */
  public void watchAll(Iterable<Tensor> leaves) {
    leaves.forEach(this::remember);
  }

  private void remember(Tensor leaf) {
    watched.add(leaf);
    tracked.add(leaf);
  }

  /** Keeps a value readable after {@link #backward}, which otherwise frees what it has used. */
  public Tensor retain(Tensor tensor) {
    retained.add(tensor);
    return tensor;
  }

  /** Number of operations recorded so far. */
  public int size() {
    return operations.size();
  }

  /** What was recorded so far, in order. */
  Stream<Operation> recorded() {
    return operations.stream();
  }

  private Tensor record(Operation operation) {
    if (!spent && operation.operands().anyMatch(tracked::contains)) {
      tracked.add(operation.y());
      operations.add(operation);
    }
    return operation.y();
  }

  // ---- backward ----

  /**
   * Gradients of a scalar for every watched tensor it depends on. The values recorded are freed on
   * the way, except the loss and those passed to {@link #retain}; so this can be called once.
   *
   * @throws ShapeException if {@code loss} is not a single number
   * @throws ClosedException if this tape has run backward before
   */
  public Gradients backward(Tensor loss) {
    if (loss.size() != 1) {
      throw new ShapeException("backward: the loss must be one number, got shape " + loss.shape());
    }
    if (spent) {
      throw new ClosedException(
          "backward: this tape has run backward before; open one for each step");
    }
    spent = true;
    retained.add(loss);
    GradientSink sink = new GradientSink(eager.scope(), watched, tracked);
    sink.seed(loss, eager.full(loss.dtype(), loss.shape(), 1));
    for (Operation operation : operations.reversed()) {
      sink.propagate(operation);
      free(operation.y());
    }
    operations.clear();
    return sink.finish();
  }

  private void free(Tensor value) {
    if (!retained.contains(value) && value.owner() == scope()) {
      scope().release(value);
    }
  }

  /** Frees everything made on this tape. */
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
  public Tensor attention(Tensor qkv, int heads, double scale) {
    Tensor y = eager.attention(qkv, heads, scale);
    return record(new Operation.Attention(qkv, heads, scale, y));
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

  /** Runs the body on this tape: what it makes is kept for the backward pass. */
  @Override
  public Tensor within(String name, Function<Ops, Tensor> body) {
    return body.apply(this);
  }

  /** Keeps the tensor, which the backward pass may need. */
  @Override
  public void discard(Tensor tensor) {}
}
