package io.github.maskalign.autograd;

import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The operations that tapes over nested scopes record, in order, and the tensors marked by them.
 */
final class Recording {

  private record Step(Operation operation, Derivative derivative) {}

  private final List<Step> steps = new ArrayList<>();
  private final Set<Tensor> watched;
  private final Set<Tensor> tracked;
  private final Set<Tensor> retained;
  private final Predicate<Tensor> isTracked;
  private boolean spent;

  private Recording(Set<Tensor> watched, Set<Tensor> tracked, Set<Tensor> retained) {
    this.watched = watched;
    this.tracked = tracked;
    this.retained = retained;
    this.isTracked = tracked::contains;
  }

  /** Creates a recording without operations or marked tensors. */
  static Recording empty() {
    return new Recording(identitySet(), identitySet(), identitySet());
  }

  private static Set<Tensor> identitySet() {
    return Collections.newSetFromMap(new IdentityHashMap<>());
  }

  /** Creates a recording without operations that shares the marked tensors. */
  Recording branch() {
    return new Recording(watched, tracked, retained);
  }

  void watch(Tensor leaf) {
    watched.add(leaf);
    tracked.add(leaf);
  }

  void retain(Tensor value) {
    retained.add(value);
  }

  boolean isWatched(Tensor tensor) {
    return watched.contains(tensor);
  }

  /** Whether a tensor is watched or depends on a watched one, and so requires a gradient. */
  boolean isTracked(Tensor tensor) {
    return tracked.contains(tensor);
  }

  /** Marks a tensor as tracked in place of another of the same value, if that one is. */
  void substitute(Tensor old, Tensor substitute) {
    if (tracked.remove(old)) {
      tracked.add(substitute);
    }
  }

  int size() {
    return steps.size();
  }

  Stream<Operation> operations() {
    return steps.stream().map(Step::operation);
  }

  boolean isSpent() {
    return spent;
  }

  void spend() {
    spent = true;
  }

  /** Records an operation if its result depends on a watched tensor, and returns the result. */
  Tensor record(Operation operation) {
    if (!spent) {
      Derivative derivative = Derivatives.of(operation);
      if (derivative.runs(isTracked)) {
        tracked.add(operation.y());
        steps.add(new Step(operation, derivative));
      }
    }
    return operation.y();
  }

  /** Moves the values that the backward pass reads out of a scope that is about to close. */
  void keepSaved(Scope inner, int from) {
    Consumer<Tensor> keep =
        value -> {
          if (!value.isClosed() && value.owner() == inner) {
            inner.keep(value);
          }
        };
    retained.forEach(keep);
    for (int i = from; i < steps.size(); i++) {
      steps
          .get(i)
          .derivative
          .visitSaved(
              isTracked,
              value -> {
                if (recomputable(value, from) == null) {
                  keep.accept(value);
                }
              });
    }
  }

  /** Whether the backward pass, or the caller after it, will read a value. */
  boolean needs(Tensor value) {
    if (retained.contains(value)) {
      return true;
    }
    if (recomputable(value, 0) != null) {
      return false;
    }
    boolean[] found = {false};
    Consumer<Tensor> compare = saved -> found[0] |= saved == value;
    for (int i = steps.size() - 1; i >= 0 && !found[0]; i--) {
      steps.get(i).derivative.visitSaved(isTracked, compare);
    }
    return found[0];
  }

  /** The operation that recomputes a value, if it was recorded as number {@code from} or later. */
  Operation.@Nullable Recomputable recomputable(Tensor value, int from) {
    for (int i = steps.size() - 1; i >= from; i--) {
      Operation operation = steps.get(i).operation;
      if (operation.y() == value) {
        return operation instanceof Operation.Recomputable source ? source : null;
      }
    }
    return null;
  }

  /** Propagates gradients through all operations, last first, freeing each result after use. */
  void propagate(BackwardPass pass, Scope scope) {
    while (!steps.isEmpty()) {
      Step step = steps.removeLast();
      Tensor y = step.operation.y();
      pass.propagate(step.operation, step.derivative, this);
      free(y, scope);
      tracked.remove(y);
    }
  }

  private void free(Tensor value, Scope scope) {
    if (!value.isClosed() && value.owner() == scope && !retained.contains(value)) {
      scope.release(value);
    }
  }

  /** Removes all operations, as if they had not been recorded. */
  void clear() {
    steps.forEach(step -> tracked.remove(step.operation.y()));
    steps.clear();
  }
}
