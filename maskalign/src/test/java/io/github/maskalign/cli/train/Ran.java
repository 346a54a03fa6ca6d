package io.github.maskalign.cli.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.cli.Command;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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

  /**
   * A teacher or classifier for tests: 16 wide, for images of 28 x 28 pixels, trained for an epoch.
   *
   * @param out its folder
   */
  public static Ran finetune(Path out, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--data=fashion-mnist[:40]",
                "--model=16x2x2",
                "--image-size=28",
                "--patch-size=14",
                "--epochs=1",
                "--augment=none",
                "--quiet",
                "--out=" + out));
    arguments.addAll(List.of(more));
    Ran ran = command(new FinetuneCommand(), arguments.toArray(String[]::new));
    assertEquals(0, ran.status, ran.error);
    return ran;
  }

  /** The number behind some words. */
  double number(String words) {
    Matcher found = Pattern.compile(Pattern.quote(words) + " *([0-9.]+)").matcher(out);
    assertTrue(found.find(), out + error);
    return Double.parseDouble(found.group(1));
  }
}
