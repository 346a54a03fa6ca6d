package io.github.maskalign.autograd;

import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import java.util.IdentityHashMap;
import java.util.Map;

/** Collects the gradients of one backward pass: adds up those of tensors used several times. */
final class GradientSink {

  private final Scope scope;
  private final Recording recording;
  private final Map<Tensor, Tensor> gradients = new IdentityHashMap<>();

  GradientSink(Scope scope, Recording recording) {
    this.scope = scope;
    this.recording = recording;
  }

  void seed(Tensor loss, Tensor gradient) {
    gradients.put(loss, gradient);
  }

  /** Whether a gradient for this operand is of use. */
  boolean wants(Tensor operand) {
    return recording.isTracked(operand);
  }

  /** Sends the gradient of an operation's result, if there is one, to its operands. */
  void propagate(Operation operation) {
    boolean kept = recording.isWatched(operation.y());
    Tensor g = kept ? gradients.get(operation.y()) : gradients.remove(operation.y());
    if (g == null) {
      return;
    }
    try (Scope inner = scope.child("backward")) {
      Derivatives.propagate(new Target(inner), operation, g);
    }
    if (!kept) {
      scope.release(g);
    }
  }

  /** What is left are the gradients of the watched tensors. */
  Gradients finish() {
    return new Gradients(scope, gradients);
  }

  /** Where the derivative of one operation puts its gradients. */
  final class Target {

    private final Scope inner;

    private Target(Scope inner) {
      this.inner = inner;
    }

    /** Operations whose temporaries go when the derivative is done. */
    Eager ops() {
      return inner.eager();
    }

    boolean wants(Tensor operand) {
      return GradientSink.this.wants(operand);
    }

    /** Adds a gradient of an operand; shapes agree. */
    void add(Tensor operand, Tensor gradient) {
      if (!wants(operand)) {
        return;
      }
      Tensor earlier = gradients.get(operand);
      if (earlier != null) {
        gradients.put(operand, inner.keep(ops().add(earlier, gradient)));
        scope.release(earlier);
      } else {
        gradients.put(operand, inner.keep(own(gradient)));
      }
    }

    /** A handle of this operation, since that of the result's gradient is released after it. */
    private Tensor own(Tensor gradient) {
      return gradient.owner() == inner
          ? gradient
          : ops().reshape(gradient, gradient.shape().dims());
    }

    /** Runs a body again, now with its operations recorded, and sends the gradient through them. */
    void replay(Operation.Recomputed operation, Tensor gradient) {
      Recording again = recording.aside();
      try (Tape tape = Tape.inside(inner, operation.name(), again)) {
        Tensor y = operation.body().apply(tape, operation.x());
        seed(y, inner.keep(own(gradient)));
        again.unwind(GradientSink.this, tape.scope());
      }
    }
  }
}
