package io.github.maskalign.align.program;

import io.github.maskalign.align.train.StopSignal;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.Scope;

/** What every program opens first and closes last: backend, memory, the ear for Ctrl-C. */
final class Session implements AutoCloseable {

  private final Backends.Choice choice;
  private final Scope scope;
  private final StopSignal stop;
  private final boolean outermost;

  private Session(Backends.Choice choice, Scope scope, StopSignal stop, boolean outermost) {
    this.choice = choice;
    this.scope = scope;
    this.stop = stop;
    this.outermost = outermost;
  }

  /** Opens the backend and says which. */
  static Session open(MachineSettings machine) {
    Backends.Choice choice = machine.open();
    System.out.println(choice.explanation());
    return new Session(
        choice,
        Scope.root(choice.backend(), "model"),
        StopSignal.install(() -> System.err.println("\nFinishing the step, then saving ...")),
        true);
  }

  /** Memory of its own on the same backend, for one run of several. */
  Session inner(String name) {
    return new Session(choice, scope.child(name), stop, false);
  }

  Scope scope() {
    return scope;
  }

  Backend backend() {
    return choice.backend();
  }

  StopSignal stop() {
    return stop;
  }

  @Override
  public void close() {
    if (!outermost) {
      scope.close();
      return;
    }
    stop.close();
    scope.close();
    choice.close();
  }
}
