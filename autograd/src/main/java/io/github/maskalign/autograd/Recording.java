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

/** What tapes over nested scopes write together: operations in order, and tensors marked. */
final class Recording {

  private final List<Operation> operations = new ArrayList<>();
  private final Set<Tensor> watched;
  private final Set<Tensor> tracked;
  private final Set<Tensor> retained;
  private final Predicate<Tensor> wanted;
  private boolean spent;

  private Recording(Set<Tensor> watched, Set<Tensor> tracked, Set<Tensor> retained) {
    this.watched = watched;
    this.tracked = tracked;
    this.retained = retained;
    this.wanted = tracked::contains;
  }

  /** Nothing recorded, nothing marked. */
  static Recording empty() {
    return new Recording(identitySet(), identitySet(), identitySet());
  }

  private static Set<Tensor> identitySet() {
    return Collections.newSetFromMap(new IdentityHashMap<>());
  }

  /** Nothing recorded, the marks shared. */
  Recording aside() {
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

  /** Whether a gradient for this tensor is of use. */
  boolean isTracked(Tensor tensor) {
    return tracked.contains(tensor);
  }

  int size() {
    return operations.size();
  }

  Stream<Operation> operations() {
    return operations.stream();
  }

  boolean isSpent() {
    return spent;
  }

  void spend() {
    spent = true;
  }

  /** Records an operation if its result depends on a watched tensor; gives the result. */
  Tensor record(Operation operation) {
    if (!spent && operation.dependsOn(wanted)) {
      tracked.add(operation.y());
      operations.add(operation);
    }
    return operation.y();
  }

  /** Moves what backward will need out of a scope that is about to close. */
  void keepNeeded(Scope inner, int from) {
    Consumer<Tensor> keep =
        value -> {
          if (!value.isClosed() && value.owner() == inner) {
            inner.keep(value);
          }
        };
    retained.forEach(keep);
    for (int i = from; i < operations.size(); i++) {
      operations
          .get(i)
          .reads(
              wanted,
              value -> {
                if (cheapMaker(value, from) == null) {
                  keep.accept(value);
                }
              });
    }
  }

  /** Whether backward, or the caller after it, will read a value. */
  boolean needs(Tensor value) {
    if (!retained.contains(value) && cheapMaker(value, 0) != null) {
      return false;
    }
    boolean[] found = {retained.contains(value)};
    Consumer<Tensor> compare = read -> found[0] |= read == value;
    for (int i = operations.size() - 1; i >= 0 && !found[0]; i--) {
      operations.get(i).reads(wanted, compare);
    }
    return found[0];
  }

  /** What can make a value again, if it was recorded as number {@code from} or later. */
  Operation.@Nullable Cheap cheapMaker(Tensor value, int from) {
    for (int i = operations.size() - 1; i >= from; i--) {
      if (operations.get(i).y() == value) {
        return operations.get(i) instanceof Operation.Cheap cheap ? cheap : null;
      }
    }
    return null;
  }

  /** Sends gradients through all operations, last first, and frees each result on the way. */
  void unwind(GradientSink sink, Scope scope) {
    while (!operations.isEmpty()) {
      Operation operation = operations.removeLast();
      sink.propagate(operation, this);
      free(operation.y(), scope);
      tracked.remove(operation.y());
    }
  }

  private void free(Tensor value, Scope scope) {
    if (!value.isClosed() && value.owner() == scope && !retained.contains(value)) {
      scope.release(value);
    }
  }

  /** Forgets all operations, as if they had not been recorded. */
  void forget() {
    operations.forEach(operation -> tracked.remove(operation.y()));
    operations.clear();
  }
}
