package io.github.maskalign.autograd;

import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** The gradients of one backward pass; those of a tensor used several times are summed. */
final class BackwardPass {

  private final Scope scope;
  private final Map<Tensor, Tensor> gradients = new IdentityHashMap<>();

  BackwardPass(Scope scope) {
    this.scope = scope;
  }

  /** Sets the gradient of the loss. */
  void seed(Tensor loss, Tensor gradient) {
    gradients.put(loss, gradient);
  }

  /** Propagates the gradient of a result, if there is one, to the operands of its operation. */
  void propagate(Operation operation, Derivative derivative, Recording recording) {
    boolean kept = recording.isWatched(operation.y());
    Tensor g = kept ? gradients.get(operation.y()) : gradients.remove(operation.y());
    if (g == null) {
      return;
    }
    try (Scope inner = scope.child("backward")) {
      derivative.propagate(new Target(inner, recording), g);
    }
    if (!kept) {
      scope.release(g);
    }
  }

  /** Returns the remaining gradients, which are those of the watched tensors. */
  Gradients finish() {
    return new Gradients(scope, gradients);
  }

  /** Receives the gradients that the derivative of one operation computes. */
  final class Target {

    private final Scope inner;
    private final Recording recording;

    private Target(Scope inner, Recording recording) {
      this.inner = inner;
      this.recording = recording;
    }

    /** Operations whose temporaries are freed when the derivative is complete. */
    Eager ops() {
      return inner.eager();
    }

    /** Whether this operand requires a gradient. */
    boolean requiresGradient(Tensor operand) {
      return recording.isTracked(operand);
    }

    /** The saved values, recomputed for this operation alone where they were not kept. */
    List<Tensor> values(List<Tensor> saved) {
      for (Tensor value : saved) {
        if (value.isClosed()) {
          return saved.stream().map(this::value).toList();
        }
      }
      return saved;
    }

    private Tensor value(Tensor saved) {
      Operation.Recomputable source = saved.isClosed() ? recording.recomputable(saved, 0) : null;
      return source == null ? saved : source.recompute(ops(), this::value);
    }

    /** Adds a gradient of an operand; shapes agree. */
    void add(Tensor operand, Tensor gradient) {
      if (!requiresGradient(operand)) {
        return;
      }
      Tensor earlier = gradients.get(operand);
      if (earlier == null) {
        gradients.put(operand, inner.keep(owned(gradient)));
      } else if (isExclusive(earlier)) {
        scope.backend().accumulate(ops(), earlier, 1, gradient);
      } else {
        gradients.put(operand, inner.keep(ops().add(earlier, gradient)));
        scope.release(earlier);
      }
    }

    /** Whether a gradient may change in place: no other tensor views its memory. */
    private boolean isExclusive(Tensor gradient) {
      return gradient.layout().isContiguous() && !gradient.storage().isShared();
    }

    /** A handle that this operation owns, since the result's gradient is released after it. */
    private Tensor owned(Tensor gradient) {
      return gradient.owner() == inner
          ? gradient
          : ops().reshape(gradient, gradient.shape().dims());
    }

    /**
     * Runs a body again, recording it, and propagates the gradient through its operations.
     *
     * @param input the value of {@code operation.x()}
     */
    void recompute(Operation.Recomputed operation, Tensor input, Tensor gradient) {
      Recording again = recording.branch();
      try (Tape tape = Tape.inside(inner, operation.name(), again)) {
        substitute(operation.x(), input);
        Tensor y = operation.body().apply(tape, input);
        seed(y, inner.keep(owned(gradient)));
        again.propagate(BackwardPass.this, tape.scope());
        substitute(input, operation.x());
      }
    }

    /** Lets a tensor take the place of another of the same value. */
    private void substitute(Tensor old, Tensor substitute) {
      if (old != substitute) {
        recording.substitute(old, substitute);
        Tensor sum = gradients.remove(old);
        if (sum != null) {
          gradients.put(substitute, sum);
        }
      }
    }
  }
}
