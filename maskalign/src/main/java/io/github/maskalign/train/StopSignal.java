package io.github.maskalign.train;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Handles SIGINT (Ctrl-C), SIGTERM, SIGHUP (the terminal was closed) and SIGUSR1 (which batch
 * systems such as SLURM send before a time limit) so that a training loop can save and end: the
 * first signal sets a flag that the loop checks between steps; a second one, half a second or more
 * later, ends the process immediately. While this is open, the signals do not end the process by
 * themselves. A signal that the process was started to ignore, as by {@code nohup}, remains
 * ignored.
 *
 * <pre>{@code
 * try (StopSignal stop = StopSignal.install()) {
 *   while (step < steps && !stop.requested()) {
 *     train();
 *   }
 *   save();
 *   return stop.exitStatus();
 * }
 * }</pre>
 *
 * @since 0.1.0
 */
public final class StopSignal implements AutoCloseable {

  /** Shells report a process that a signal ended as 128 plus the signal's number. */
  private static final int SIGNALED = 128;

  /**
   * One key press reaches a program several times where the process that started it passes signals
   * on, as mpirun does.
   */
  private static final long SAME_SIGNAL_NANOS = 500_000_000;

  /** Windows has the first two only. */
  private static final List<String> SIGNALS = List.of("INT", "TERM", "HUP", "USR1");

  private final List<Runnable> restore = new ArrayList<>();
  private final IntConsumer exit;
  private final Runnable onFirst;
  private final LongSupplier clock;
  private volatile int signal;
  private long firstNanos;

  private StopSignal(IntConsumer exit, Runnable onFirst, LongSupplier clock) {
    this.exit = exit;
    this.onFirst = onFirst;
    this.clock = clock;
  }

  /** Listens to the signals. */
  public static StopSignal install() {
    return install(() -> {});
  }

  /**
   * Listens to the signals.
   *
   * @param onFirst runs at the first signal, on the thread that handles signals, for example to
   *     print a message
   */
  public static StopSignal install(Runnable onFirst) {
    // Not exit: its shutdown hooks could wait for the loop that does not end.
    return install(SystemSignals::handle, Runtime.getRuntime()::halt, onFirst);
  }

  /** With replaceable signals and process exit, for tests. */
  static StopSignal install(Signals signals, IntConsumer exit, Runnable onFirst) {
    return install(signals, exit, onFirst, System::nanoTime);
  }

  static StopSignal install(
      Signals signals, IntConsumer exit, Runnable onFirst, LongSupplier clock) {
    StopSignal stop = new StopSignal(exit, onFirst, clock);
    for (String name : SIGNALS) {
      Runnable restore = signals.handle(name, stop::received);
      if (restore != null) {
        stop.restore.add(restore);
      }
    }
    return stop;
  }

  /** A source of signals. */
  @FunctionalInterface
  interface Signals {

    /**
     * Calls the handler with the number of each signal of this name.
     *
     * @return what restores the former handling, or null if the signal cannot be handled here
     */
    @Nullable Runnable handle(String name, IntConsumer handler);
  }

  private synchronized void received(int number) {
    if (signal != 0) {
      if (clock.getAsLong() - firstNanos > SAME_SIGNAL_NANOS) {
        exit.accept(SIGNALED + number);
      }
      return;
    }
    firstNanos = clock.getAsLong();
    signal = number;
    onFirst.run();
  }

  /** Whether a signal was received: the loop should finish its step, save and end. */
  public boolean requested() {
    return signal != 0;
  }

  /**
   * Exit status of the process: 130 after Ctrl-C, 143 after SIGTERM, 129 after SIGHUP, 138 after
   * SIGUSR1 (on Linux), otherwise 0.
   */
  public int exitStatus() {
    return signal == 0 ? 0 : SIGNALED + signal;
  }

  /** Restores the previous signal handlers. */
  @Override
  public void close() {
    restore.reversed().forEach(Runnable::run);
    restore.clear();
  }
}
