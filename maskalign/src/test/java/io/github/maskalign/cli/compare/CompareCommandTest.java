package io.github.maskalign.cli.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class CompareCommandTest {

  @TempDir private Path folder;

  /** Masked autoencoders of next to nothing, which need no teacher. */
  private int compare(StringBuilder error, String... more) {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--method=mae",
                "--decoder-width=8",
                "--decoder-depth=1",
                "--decoder-heads=2",
                "--model=16x2x2",
                "--image-size=28",
                "--patch-size=14",
                "--gray",
                "--quiet",
                "--data=fashion-mnist",
                "--eval-data=fashion-mnist",
                "--eval-images=300",
                "--eval-every=1",
                "--batch=1000",
                "--lr=1e-3",
                "--warmup=0.1",
                "--vary=mask-ratio=0.5,0.75",
                "--out=" + folder.resolve("comparison")));
    arguments.addAll(List.of(more));
    return new CommandLine(new CompareCommand())
        .setExecutionExceptionHandler(
            (failure, _, _) -> {
              error.append(failure.getMessage());
              return 2;
            })
        .execute(arguments.toArray(String[]::new));
  }

  private List<TrialResult> results() {
    return new ResultsFile(folder.resolve("comparison/results.jsonl")).read();
  }

  @Test
  void everyVariantIsRunWithEverySeedOnce() throws IOException {
    StringBuilder error = new StringBuilder();
    assertEquals(0, compare(error, "--seeds=2", "--epochs=2"), error.toString());
    List<TrialResult> results = results();
    assertEquals(
        List.of("mask-ratio=0.5 0", "mask-ratio=0.75 0", "mask-ratio=0.5 1", "mask-ratio=0.75 1"),
        results.stream().map(result -> result.variant() + " " + result.seed()).toList());
    for (TrialResult result : results) {
      assertEquals(List.of(1.0, 2.0), result.curve().stream().map(p -> p.epochs()).toList());
      assertTrue(result.last().score() > 15, result.toString());
      assertTrue(result.finals().get("linear probe") > 15, result.toString());
      assertTrue(result.last().seconds() > result.curve().getFirst().seconds());
    }
    String table = Files.readString(folder.resolve("comparison/table.md"));
    assertTrue(table.contains("| mask-ratio=0.75 |     2 |"), table);
    assertTrue(table.contains("| raw pixels      |     - |"), table);
    for (String name : List.of("table.csv", "table.tex")) {
      assertTrue(
          Files.readString(folder.resolve("comparison").resolve(name)).contains("raw pixels"));
    }
    assertTrue(Files.size(folder.resolve("comparison/quality-seconds.svg")) > 1000);

    assertEquals(0, compare(error, "--seeds=2", "--epochs=2"), error.toString());
    assertEquals(results, results(), "nothing is run again");
    assertEquals(2, compare(error, "--seeds=2", "--epochs=3"));
    assertTrue(error.toString().contains("--epochs is 3, was 2"), error.toString());
  }

  @Test
  @Tag("slow")
  void aBudgetOfSecondsBecomesEpochs() {
    StringBuilder error = new StringBuilder();
    assertEquals(0, compare(error, "--seeds=1", "--seconds=0.5"), error.toString());
    for (TrialResult result : results()) {
      int epochs = Integer.parseInt(result.settings().get("epochs"));
      assertTrue(epochs >= 1, result.toString());
      assertEquals(epochs, result.last().epochs());
    }
  }

  @Test
  void whatCannotBeComparedIsRefusedBeforeAnyRun() {
    StringBuilder error = new StringBuilder();
    assertEquals(2, compare(error, "--resume"));
    assertTrue(error.toString().contains("--resume: not applicable"), error.toString());
    assertEquals(2, compare(error, "--into=" + folder.resolve("x")), "--into is now --out");
    assertEquals(2, compare(error, "--seeds=0"));
    assertEquals(2, compare(error, "--vary=mask-ration=1"));
    assertTrue(
        error
            .toString()
            .contains("--vary: unknown setting 'mask-ration'; did you mean 'mask-ratio'?"),
        error.toString());
    assertEquals(2, compare(error, "--vary=grey=true"));
    assertTrue(error.toString().contains("--vary: 'grey' is now 'gray'"), error.toString());
    assertTrue(Files.notExists(folder.resolve("comparison")));
  }
}
