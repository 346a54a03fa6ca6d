package io.github.maskalign.cli;

import io.github.maskalign.tensor.error.OutOfMemoryException;
import io.github.maskalign.tensor.error.Printable;
import io.github.maskalign.tensor.error.TensorException;
import io.github.maskalign.train.NonFiniteException;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Messages and exit statuses of failed commands. */
final class Failures {
  /** Commands that were renamed, with their present names. */
  private static final Map<String, String> RENAMED =
      Map.of("attend", "attention", "image", "runtime-image");

  private Failures() {}

  /** An invalid option or argument: the problem, suggestions, and how to get help. */
  static int usage(ParameterException failure, String[] args) {
    CommandLine command = failure.getCommandLine();
    String renamed = renamed(failure);
    if (renamed == null) {
      command.getErr().println("maskalign: " + Printable.text(failure.getMessage()));
      UnmatchedArgumentException.printSuggestions(failure, command.getErr());
    } else {
      command.getErr().println("maskalign: " + renamed);
    }
    command
        .getErr()
        .printf("Run '%s --help' for its options.%n", command.getCommandSpec().qualifiedName());
    return CommandLine.ExitCode.USAGE;
  }

  private static @Nullable String renamed(ParameterException failure) {
    if (failure instanceof UnmatchedArgumentException unmatched
        && failure.getCommandLine().getParent() == null) {
      String name = unmatched.getUnmatched().getFirst();
      return RENAMED.containsKey(name)
          ? "the command '%s' is now '%s'".formatted(name, RENAMED.get(name))
          : null;
    }
    return null;
  }

  /**
   * Errors that the user can fix, and training that diverged, take one line; anything else is a bug
   * and shows its stack trace.
   */
  static int execution(Throwable failure, CommandLine command, boolean stackTrace) {
    if (failure instanceof NonFiniteException) {
      command.getErr().println("maskalign: " + described(failure));
      return CommandLine.ExitCode.SOFTWARE;
    }
    OutOfMemoryError memory = failure instanceof TensorException ? null : memoryError(failure);
    if (memory != null) {
      return execution(outOfMemory(memory), command, stackTrace);
    }
    boolean fixable =
        switch (failure) {
          case TensorException _, IOException _, UncheckedIOException _ -> true;
          case IllegalArgumentException _ -> true;
          default -> false;
        };
    if (fixable) {
      command.getErr().println("maskalign: " + message(failure));
    }
    if (stackTrace || !fixable) {
      failure.printStackTrace(command.getErr());
    }
    return fixable ? CommandLine.ExitCode.USAGE : CommandLine.ExitCode.SOFTWARE;
  }

  /**
   * A failure that no caller of a background thread receives: one line, since the command goes on
   * and reports its own result.
   */
  static void uncaught(Thread thread, Throwable failure, PrintStream err, boolean stackTrace) {
    OutOfMemoryError memory = memoryError(failure);
    String problem =
        memory == null
            ? failure.getClass().getSimpleName() + ": " + message(failure)
            : outOfMemory(memory).getMessage();
    err.println(
        Printable.line("maskalign: thread '%s' failed: %s".formatted(thread.getName(), problem)));
    if (stackTrace) {
      failure.printStackTrace(err);
    }
  }

  /** Other threads and libraries wrap it in exceptions of their own. */
  private static @Nullable OutOfMemoryError memoryError(Throwable failure) {
    for (Throwable e = failure; e != null; e = e.getCause()) {
      if (e instanceof OutOfMemoryError error) {
        return error;
      }
    }
    return null;
  }

  private static OutOfMemoryException outOfMemory(OutOfMemoryError error) {
    String message = String.valueOf(error.getMessage());
    // Java's other limits have options of their own.
    boolean heap = !message.contains("thread") && !message.contains("Metaspace");
    return heap
        ? OutOfMemoryException.ofJava("out of memory (%s): this command".formatted(message), error)
        : new OutOfMemoryException("out of memory: " + message, error);
  }

  private static String message(Throwable failure) {
    return switch (failure) {
      case UncheckedIOException e when !namesPlace(e) -> message(e.getCause());
      case UncheckedIOException e -> "%s: %s".formatted(described(e), reason(e));
      case NoSuchFileException e when e.getReason() != null -> e.getFile() + ": " + e.getReason();
      case NoSuchFileException e -> "no such file: " + e.getFile();
      case FileAlreadyExistsException e -> "already exists: " + e.getFile();
      case IOException e -> "I/O error: " + described(e);
      default -> described(failure);
    };
  }

  /** Whether an exception says where its cause came up, and the cause does not. */
  private static boolean namesPlace(UncheckedIOException e) {
    return !e.getCause().toString().equals(e.getMessage())
        && !(e.getCause() instanceof NoSuchFileException)
        && !(e.getCause() instanceof FileAlreadyExistsException);
  }

  /** The cause without the file that the exception names already. */
  private static String reason(UncheckedIOException e) {
    return e.getCause() instanceof FileSystemException file
            && file.getReason() != null
            && e.getMessage().contains(file.getFile())
        ? Printable.text(file.getReason())
        : described(e.getCause());
  }

  private static String described(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? failure.getClass().getSimpleName() : Printable.text(message);
  }
}
