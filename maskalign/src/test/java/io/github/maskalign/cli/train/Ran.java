package io.github.maskalign.cli.train;

import io.github.maskalign.cli.Command;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/**
 * A command that was run in this process.
 *
 * @param status exit status
 * @param out standard output
 * @param error message of the exception that ended it; empty if none did
 */
public record Ran(int status, String out, String error) {

  /** Runs a command. */
  public static Ran command(Command program, String... arguments) {
    PrintStream console = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    StringBuilder error = new StringBuilder();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      int status =
          new CommandLine(program)
              .setExecutionExceptionHandler(
                  (failure, _, _) -> {
                    error.append(failure.getMessage());
                    return 2;
                  })
              .execute(arguments);
      return new Ran(status, out.toString(StandardCharsets.UTF_8), error.toString());
    } finally {
      System.setOut(console);
    }
  }
}
