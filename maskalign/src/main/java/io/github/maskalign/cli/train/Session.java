package io.github.maskalign.cli.train;

import io.github.maskalign.cli.settings.groups.MachineSettings;
import io.github.maskalign.data.LoaderOptions;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.io.WriterLock;
import io.github.maskalign.train.StopSignal;
import io.github.maskalign.train.checkpoint.RunFolder;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Opens the backend and its memory, and handles Ctrl-C where the command can stop in between. */
public final class Session implements AutoCloseable {

  private final Backends.Choice choice;
  private final Scope scope;
  private final @Nullable StopSignal stop;
  private final boolean outermost;
  private final Map<Path, WriterLock> locks = new LinkedHashMap<>();

  private Session(
      Backends.Choice choice, Scope scope, @Nullable StopSignal stop, boolean outermost) {
    this.choice = choice;
    this.scope = scope;
    this.stop = stop;
    this.outermost = outermost;
  }

  /** Opens the backend and prints which. Ctrl-C ends the process at once. */
  public static Session open(MachineSettings machine) {
    return open(machine, null);
  }

  /**
   * Opens the backend and prints which. After Ctrl-C and the like, {@link #stop} tells the command
   * to end.
   *
   * @param onStop what the command does then, printed at once
   */
  public static Session stoppable(MachineSettings machine, String onStop) {
    return open(machine, onStop);
  }

  private static Session open(MachineSettings machine, @Nullable String onStop) {
    Backends.Choice choice = machine.open();
    StopSignal stop =
        onStop == null ? null : StopSignal.install(() -> System.err.println("\n" + onStop));
    System.out.println(choice.explanation());
    return new Session(choice, Scope.root(choice.backend(), "model"), stop, true);
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

  /** The signals of a stoppable session. */
  public StopSignal stop() {
    return Objects.requireNonNull(stop, "a session that handles no signals");
  }

  /** Options of loading with which the signals end the wait for reading that hangs. */
  public LoaderOptions loading(LoaderOptions options) {
    return stop == null ? options : options.withStop(stop::requested);
  }

  /** Becomes the only writer of a folder until this is closed, unless it is already. */
  public RunFolder lock(RunFolder folder) {
    locks.computeIfAbsent(folder.path(), _ -> folder.lock());
    return folder;
  }

  @Override
  public void close() {
    // All are closed, whichever of them fails.
    try (Backends.Choice _ = outermost ? choice : null;
        Scope _ = scope;
        StopSignal _ = outermost ? stop : null) {
      close(locks.values().iterator());
    }
  }

  private static void close(Iterator<WriterLock> locks) {
    if (locks.hasNext()) {
      try (WriterLock _ = locks.next()) {
        close(locks);
      }
    }
  }
}
