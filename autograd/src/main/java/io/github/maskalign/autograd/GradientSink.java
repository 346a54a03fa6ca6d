package io.github.maskalign.autograd;

import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/** Collects the gradients of one backward pass: adds up those of tensors used several times. */
final class GradientSink {

  private final Scope scope;
  private final Map<Tensor, Tensor> gradients = new IdentityHashMap<>();

  GradientSink(Scope scope) {
    this.scope = scope;
  }

  void seed(Tensor loss, Tensor gradient) {
    gradients.put(loss, gradient);
  }

  /** Sends the gradient of a result, if there is one, to the operands of its operation. */
  void propagate(Operation operation, Recording recording) {
    boolean kept = recording.isWatched(operation.y());
    Tensor g = kept ? gradients.get(operation.y()) : gradients.remove(operation.y());
    if (g == null) {
      return;
    }
    try (Scope inner = scope.child("backward")) {
      Derivatives.propagate(new Target(inner, recording), operation, g);
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
    private final Recording recording;

    private Target(Scope inner, Recording recording) {
      this.inner = inner;
      this.recording = recording;
    }

    /** Operations whose temporaries go when the derivative is done. */
    Eager ops() {
      return inner.eager();
    }

    /** Whether a gradient for this operand is of use. */
    boolean wants(Tensor operand) {
      return recording.isTracked(operand);
    }

    /** What a value recorded holds; made again, for this operation alone, if it was not kept. */
    Tensor value(Tensor recorded) {
      Operation.Cheap maker = recorded.isClosed() ? recording.cheapMaker(recorded, 0) : null;
      return maker == null ? recorded : maker.again(ops(), this::value);
    }

    List<Tensor> values(List<Tensor> recorded) {
      return recorded.stream().map(this::value).toList();
    }

    /** Adds a gradient of an operand; shapes agree. */
    void add(Tensor operand, Tensor gradient) {
      if (!wants(operand)) {
        return;
      }
      Tensor earlier = gradients.get(operand);
      if (earlier == null) {
        gradients.put(operand, inner.keep(own(gradient)));
      } else if (isOursAlone(earlier)) {
        scope.backend().accumulate(ops(), earlier, 1, gradient);
      } else {
        gradients.put(operand, inner.keep(ops().add(earlier, gradient)));
        scope.release(earlier);
      }
    }

    /** Whether nobody would see that a gradient changes: it is no view of another one. */
    private boolean isOursAlone(Tensor gradient) {
      return gradient.layout().isContiguous() && !gradient.storage().isShared();
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
