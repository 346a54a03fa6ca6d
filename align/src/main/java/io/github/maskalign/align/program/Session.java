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

  private Session(Backends.Choice choice) {
    this.choice = choice;
    this.scope = Scope.root(choice.backend(), "model");
    this.stop =
        StopSignal.install(() -> System.err.println("\nFinishing the step, then saving ..."));
  }

  /** Opens the backend and says which. */
  static Session open(MachineSettings machine) {
    Backends.Choice choice = machine.open();
    System.out.println(choice.explanation());
    return new Session(choice);
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
    stop.close();
    scope.close();
    choice.close();
  }
}
