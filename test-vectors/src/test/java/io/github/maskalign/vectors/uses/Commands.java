package io.github.maskalign.vectors.uses;

import io.github.maskalign.cli.Command;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.ServiceLoader;
import picocli.CommandLine;

/** Runs commands in this process. */
final class Commands {

  private Commands() {}

  /** Runs a command; why it failed, or empty. */
  static String failure(String... words) {
    Command command =
        ServiceLoader.load(Command.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(each -> new CommandLine(each).getCommandName().equals(words[0]))
            .findFirst()
            .orElseThrow();
    StringBuilder failure = new StringBuilder();
    PrintStream console = System.out;
    System.setOut(new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));
    try {
      int status =
          new CommandLine(command)
              .setExecutionExceptionHandler(
                  (problem, _, _) -> {
                    failure.append(problem);
                    return 2;
                  })
              .execute(Arrays.copyOfRange(words, 1, words.length));
      return status == 0 ? "" : "status " + status + ": " + failure;
    } finally {
      System.setOut(console);
    }
  }
}
