package io.github.maskalign.cli;

import io.github.maskalign.tensor.error.TensorException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What a failed command prints, and the exit status it ends with. */
final class Failures {
  private Failures() {}

  /** A wrong option or argument: what is wrong, the likeliest names meant, where to read more. */
  static int usage(ParameterException wrong, String[] args) {
    CommandLine command = wrong.getCommandLine();
    command.getErr().println("maskalign: " + wrong.getMessage());
    UnmatchedArgumentException.printSuggestions(wrong, command.getErr());
    command
        .getErr()
        .println("'" + command.getCommandSpec().qualifiedName() + " --help' tells its options.");
    return CommandLine.ExitCode.USAGE;
  }

  /**
   * What the user can mend takes one line; anything else is a fault of ours and shows its trace.
   */
  static int execution(Exception failure, CommandLine command, boolean stackTrace) {
    boolean mendable =
        switch (failure) {
          case TensorException _, IOException _, UncheckedIOException _ -> true;
          case IllegalArgumentException _ -> true;
          default -> false;
        };
    if (mendable) {
      command.getErr().println("maskalign: " + message(failure));
    }
    if (stackTrace || !mendable) {
      failure.printStackTrace(command.getErr());
    }
    return mendable ? CommandLine.ExitCode.USAGE : CommandLine.ExitCode.SOFTWARE;
  }

  private static String message(Throwable failure) {
    return switch (failure) {
      case UncheckedIOException e -> message(e.getCause());
      case NoSuchFileException e -> "no such file: " + e.getFile();
      case FileAlreadyExistsException e -> "already exists: " + e.getFile();
      case IOException e -> "reading or writing failed: " + described(e);
      default -> described(failure);
    };
  }

  private static String described(Throwable failure) {
    String said = failure.getMessage();
    return said == null ? failure.getClass().getSimpleName() : said;
  }
}
