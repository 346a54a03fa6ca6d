package io.github.maskalign.cli.train;

import io.github.maskalign.cli.settings.groups.MachineSettings;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.io.WriterLock;
import io.github.maskalign.train.StopSignal;
import io.github.maskalign.train.checkpoint.RunFolder;
import java.util.ArrayList;
import java.util.List;

/** Opens the backend and its memory, and handles Ctrl-C. */
public final class Session implements AutoCloseable {

  private final Backends.Choice choice;
  private final Scope scope;
  private final StopSignal stop;
  private final boolean outermost;
  private final List<WriterLock> locks = new ArrayList<>();

  private Session(Backends.Choice choice, Scope scope, StopSignal stop, boolean outermost) {
    this.choice = choice;
    this.scope = scope;
    this.stop = stop;
    this.outermost = outermost;
  }

  /** Opens the backend and prints which. */
  public static Session open(MachineSettings machine) {
    Backends.Choice choice = machine.open();
    System.out.println(choice.explanation());
    return new Session(
        choice,
        Scope.root(choice.backend(), "model"),
        StopSignal.install(() -> System.err.println("\nFinishing the step, then saving ...")),
        true);
  }

  /** A session with separate memory on the same backend, for one of several runs. */
  public Session inner(String name) {
    return new Session(choice, scope.child(name), stop, false);
  }

  public Scope scope() {
    return scope;
  }

  public Backend backend() {
    return choice.backend();
  }

  public StopSignal stop() {
    return stop;
  }

  /** Becomes the only writer of a folder until this is closed. */
  public RunFolder lock(RunFolder folder) {
    locks.add(folder.lock());
    return folder;
  }

  @Override
  public void close() {
    locks.forEach(WriterLock::close);
    if (!outermost) {
      scope.close();
      return;
    }
    stop.close();
    scope.close();
    choice.close();
  }
}
