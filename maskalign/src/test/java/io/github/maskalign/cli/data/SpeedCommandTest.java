package io.github.maskalign.cli.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class SpeedCommandTest {

  private static String run(String... arguments) {
    StringWriter out = new StringWriter();
    new CommandLine(new DataCommand())
        .setOut(new PrintWriter(out, true))
        .setExecutionExceptionHandler(
            (failure, _, _) -> {
              out.append(failure.getMessage());
              return 2;
            })
        .execute(arguments);
    return out.toString();
  }

  @Test
  void grayImagesAreMeasuredToo() {
    String out = run("speed", "fashion-mnist[:64]", "--seconds=0.05", "--image-size=32");
    assertTrue(out.contains("images/s on "), out);
  }

  @ParameterizedTest
  @CsvSource({
    "--seconds=0,--seconds 0.0: must be above 0 and at most 86400",
    "--seconds=NaN,--seconds NaN: must be above 0 and at most 86400",
    "--batch=0,--batch 0: must be 1 or more",
    "--threads=0,--threads 0: must be from 1 to 1024",
    "--image-size=-3,--image-size -3: must be from 1 to 16384",
  })
  void numbersOutOfRangeAreRefused(String option, String message) {
    assertEquals(message, run("speed", "fashion-mnist[:64]", option));
  }
}
