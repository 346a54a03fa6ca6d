package io.github.maskalign.cli.train;

import io.github.maskalign.cli.settings.RunCommand;
import io.github.maskalign.cli.settings.SettingsSchema;
import io.github.maskalign.cli.settings.StoredSettings;
import io.github.maskalign.cli.settings.groups.RunSettings;
import io.github.maskalign.data.StoppedException;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.train.Trainer;
import io.github.maskalign.train.checkpoint.RunFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.Map;
import java.util.function.IntSupplier;

/** Creates the folder of a run with its settings, or reopens it to resume. */
public final class RunStart {

  /** Holds the folders of runs that have none of their own. */
  static final Path RUNS = Path.of("runs");

  /** Printed when a signal stops a run. */
  public static final String ON_STOP = "Finishing the step, then saving ...";

  private RunStart() {}

  /**
   * Locks the folder that the user chose if it exists, so that nothing is loaded for a run that may
   * not write to it. A refusal for another reason then leaves no new folder.
   *
   * @throws ArgumentException if there is none to resume, or a new run would overwrite checkpoints
   * @throws io.github.maskalign.tensor.error.StateException if another process writes to the folder
   */
  static void claim(Session session, RunSettings run) {
    Path out = run.out();
    requireFolder(run);
    if (out != null && Files.exists(out)) {
      claimed(session, run, out);
    }
  }

  private static void requireFolder(RunSettings run) {
    if (run.resume() && run.out() == null) {
      throw new ArgumentException("missing --out: --resume requires the folder of the run");
    }
  }

  private static RunFolder claimed(Session session, RunSettings run, Path out) {
    RunFolder folder = session.lock(RunFolder.at(out));
    if (!run.resume()) {
      folder.requireNoCheckpoints();
    }
    return folder;
  }

  /**
   * The folder of a new run, or of the run to resume, locked until the session is closed.
   *
   * @throws ArgumentException if the run to resume was started with other settings, or a new run
   *     would overwrite checkpoints
   * @throws io.github.maskalign.tensor.error.StateException if another process writes to the folder
   */
  public static <R extends Record> RunFolder folder(
      Session session, String command, RunSettings run, SettingsSchema<R> schema, R settings) {
    Map<String, String> values = schema.values(settings);
    Path out = run.out();
    requireFolder(run);
    if (out == null) {
      RunFolder folder = session.lock(RunFolder.create(RUNS, command, LocalDateTime.now()));
      StoredSettings.write(folder, command, values);
      return folder;
    }
    RunFolder folder = claimed(session, run, out);
    if (run.resume()) {
      schema.requireSame(settings, StoredSettings.read(out, schema));
    } else {
      StoredSettings.write(folder, command, values);
    }
    return folder;
  }

  /**
   * The settings of a run before they are completed from the data: those that the user has left to
   * it are those of the run to resume.
   */
  static <R extends Record> R continued(RunSettings run, SettingsSchema<R> schema, R settings) {
    Path out = run.out();
    if (!run.resume() || out == null || !Files.exists(new RunFolder(out).configFile())) {
      return settings;
    }
    return schema.continued(settings, StoredSettings.read(out, schema));
  }

  /**
   * Restores the newest checkpoint of a run and tells its step, or that nothing is left to train.
   *
   * @param weights at the end of the run
   */
  public static void resume(Trainer run, Path weights) {
    long step = run.resume(System.out::println);
    System.out.printf(
        "Resumed after step %d%s%n",
        step,
        run.isComplete()
            ? ": the run is complete, its weights are %s; to train longer, start a new run with a larger --epochs and another --out"
                .formatted(weights)
            : "");
  }

  /** Runs a command; a stop while reading hangs ends it with the exit status of the signal. */
  static int run(Session session, IntSupplier command) {
    try {
      return command.getAsInt();
    } catch (StoppedException e) {
      return stoppedBefore(session);
    }
  }

  /** Tells that a run was stopped before its first step; returns the exit status. */
  static int stoppedBefore(Session session) {
    System.out.println("Stopped before the first step. To continue: the same command again");
    return session.stop().exitStatus();
  }

  /** Tells how to resume a run that was stopped. */
  public static void tellStopped(String command, RunFolder folder) {
    System.out.println("Stopped. To continue: " + RunCommand.resume(command, folder.path()));
  }
}
