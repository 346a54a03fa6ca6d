package examples;

import io.github.maskalign.cli.Command;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** What a command said; its failure, where it threw one instead of ending with a status. */
record Ran(int status, List<String> out, String err, @Nullable Exception failure) {

  private static final int FAILED = 2;

  static Ran command(Command command, Object... arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    Exception[] failure = new Exception[1];
    int status =
        new CommandLine(command)
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true))
            .setExecutionExceptionHandler(
                (e, _, _) -> {
                  failure[0] = e;
                  return FAILED;
                })
            .execute(Arrays.stream(arguments).map(String::valueOf).toArray(String[]::new));
    return new Ran(status, out.toString().lines().toList(), err.toString(), failure[0]);
  }
}
