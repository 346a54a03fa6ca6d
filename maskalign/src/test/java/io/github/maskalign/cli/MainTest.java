package io.github.maskalign.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.ShapeException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Option;

class MainTest {
  @CommandLine.Command(name = "answer", description = "Answers with a status.")
  private static final class Answer implements Command {
    @Option(names = "--file", description = "A file.")
    private @Nullable Path file;

    @Option(names = "--status", description = "The exit status.")
    private int status;

    @Override
    public Integer call() {
      return status;
    }
  }

  @CommandLine.Command(name = "fail", description = "Fails.")
  private static final class Fail implements Command {
    @Option(names = "--how", description = "The kind of failure.")
    private String how = "";

    @Override
    public Integer call() throws Exception {
      switch (how) {
        case "shape" -> throw new ShapeException("matmul: inner sizes differ");
        case "file" -> throw new NoSuchFileException("weights.safetensors");
        case "wrapped" -> throw new UncheckedIOException(new IOException("disk full"));
        case "full disk" ->
            throw new UncheckedIOException(
                "cannot write the log run/log.jsonl", new IOException("No space left on device"));
        case "full disk with file" ->
            throw new UncheckedIOException(
                "cannot save run/config.json",
                new FileSystemException("run/config.json", null, "No space left on device"));
        case "argument" -> throw new IllegalArgumentException("mask ratio 2.0 is above 1");
        case "memory" -> throw new OutOfMemoryError("Java heap space");
        case "wrapped memory" ->
            throw new IllegalStateException(
                "a thread failed", new OutOfMemoryError("Java heap space"));
        case "threads" -> throw new OutOfMemoryError("unable to create native thread");
        default -> throw new IllegalStateException("a fault");
      }
    }
  }

  @CommandLine.Command(name = "in", description = "Answers within a group.")
  private static final class Inner implements Command {
    @Override
    public Integer call() {
      return 0;
    }
  }

  @CommandLine.Command(name = "group", description = "Groups.", subcommands = Inner.class)
  private static final class Grouped implements Command {
    @Override
    public Integer call() {
      return 0;
    }
  }

  private record Result(int status, String out, String err) {}

  private static Result run(String... args) {
    var out = new StringWriter();
    var err = new StringWriter();
    List<Command> commands = List.of(new Fail(), new Answer(), new Grouped());
    int status = Main.run(commands, new PrintWriter(out, true), new PrintWriter(err, true), args);
    return new Result(status, out.toString(), err.toString());
  }

  @Test
  void helpListsTheCommandsInOrderOfName() {
    Result result = run("--help");
    assertEquals(0, result.status);
    int answer = result.out.indexOf("answer  Answers with a status.");
    int fail = result.out.indexOf("fail    Fails.");
    assertTrue(0 < answer && answer < fail, result.out);
  }

  @Test
  void noArgumentsIsHelp() {
    Result result = run();
    assertEquals(0, result.status);
    assertEquals(run("--help").out, result.out);
  }

  @Test
  void commandsInheritHelp() {
    Result result = run("answer", "--help");
    assertEquals(0, result.status);
    assertTrue(result.out.startsWith("Usage: maskalign answer"), result.out);
    assertTrue(result.out.contains("--status"), result.out);
    assertTrue(result.out.contains("--stacktrace"), result.out);
  }

  @Test
  void onlyCommandsWithCommandsTellHowToGetTheHelpOfThose() {
    assertTrue(run("--help").out.contains("Run 'maskalign COMMAND --help' for"));
    assertTrue(run("group", "--help").out.contains("Run 'maskalign group COMMAND --help' for"));
    for (String[] line :
        List.of(new String[] {"answer", "--help"}, new String[] {"group", "in", "--help"})) {
      String help = run(line).out;
      assertTrue(help.startsWith("Usage: maskalign "), help);
      assertFalse(help.contains("COMMAND"), help);
    }
  }

  @Test
  void versionNamesTheJavaItRunsOn() {
    Result result = run("--version");
    assertEquals(0, result.status);
    assertTrue(
        result.out.matches("(?s)maskalign \\d\\S*, commit (unknown|[0-9a-f]{12}(\\+changes)?) .*"),
        result.out);
    assertTrue(result.out.contains("Java " + Runtime.version()), result.out);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7})
  void aCommandsStatusIsTheExitStatus(int status) {
    assertEquals(status, run("answer", "--status", "" + status).status);
  }

  @Test
  void aWrongCommandSuggestsTheLikelyOne() {
    Result result = run("anwser");
    assertEquals(2, result.status);
    assertTrue(result.err.contains("Did you mean: maskalign answer"), result.err);
  }

  @Test
  void anEmptyPathIsNotTheCurrentFolder() {
    Result result = run("answer", "--file", "");
    assertEquals(2, result.status);
    assertTrue(result.err.contains("'--file'"), result.err);
    assertTrue(result.err.contains("the path is empty"), result.err);
    assertEquals(0, run("answer", "--status", "0", "--file", "x").status);
  }

  @Test
  void aWrongOptionPointsAtTheCommandsHelp() {
    Result result = run("answer", "--status", "many");
    assertEquals(2, result.status);
    assertTrue(result.err.contains("'many' is not an int"), result.err);
    assertTrue(result.err.contains("'maskalign answer --help'"), result.err);
  }

  @ParameterizedTest
  @CsvSource({"image,runtime-image", "attend,attention"})
  void aRenamedCommandIsRejectedWithItsPresentName(String former, String now) {
    Result result = run(former, "--help-me");
    assertEquals(2, result.status);
    assertTrue(
        result.err.startsWith("maskalign: the command '%s' is now '%s'".formatted(former, now)),
        result.err);
  }

  @Test
  void whatTheUserCanMendTakesOneLine() {
    assertEquals(
        new Result(2, "", line("maskalign: matmul: inner sizes differ")),
        run("fail", "--how", "shape"));
    assertEquals(
        new Result(2, "", line("maskalign: no such file: weights.safetensors")),
        run("fail", "--how", "file"));
    assertEquals(
        new Result(2, "", line("maskalign: I/O error: disk full")),
        run("fail", "--how", "wrapped"));
    assertEquals(
        new Result(2, "", line("maskalign: mask ratio 2.0 is above 1")),
        run("fail", "--how", "argument"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"memory", "wrapped memory"})
  void lackOfMemoryTakesOneLineWithItsRemedy(String how) {
    Result result = run("fail", "--how", how);
    assertEquals(2, result.status);
    assertTrue(
        result.err.matches(
            "maskalign: out of memory \\(Java heap space\\): this command needs more memory; Java"
                + " may use \\d+ MB in all: allow more with -Xmx\\d+g \\(for bin/maskalign:"
                + " MASKALIGN_JAVA_OPTS=-Xmx\\d+g\\)\\R"),
        result.err);
  }

  @Test
  void moreHeapIsNoRemedyForLackOfThreads() {
    Result result = run("fail", "--how", "threads");
    assertEquals("maskalign: out of memory: unable to create native thread", result.err.strip());
  }

  @Test
  void stackTraceIsShownOnRequestBeforeOrAfterTheCommand() {
    assertTrue(run("fail", "--how", "shape", "--stacktrace").err.contains("MainTest.java"));
    assertTrue(run("--stacktrace", "fail", "--how", "shape").err.contains("MainTest.java"));
    assertFalse(run("fail", "--how", "shape").err.contains("MainTest.java"));
  }

  @ParameterizedTest
  @CsvSource({
    "full disk, cannot write the log run/log.jsonl: No space left on device",
    "full disk with file, cannot save run/config.json: No space left on device"
  })
  void aFullDiskNamesTheFile(String how, String message) {
    Result result = run("fail", "--how", how);
    assertEquals(2, result.status);
    assertEquals(line("maskalign: " + message), result.err);
  }

  @Test
  void aFaultOfOursShowsItsTraceAndIsNotAUsageError() {
    Result result = run("fail");
    assertEquals(1, result.status);
    assertTrue(result.err.contains("IllegalStateException: a fault"), result.err);
    assertTrue(result.err.contains("MainTest.java"), result.err);
  }

  private static String line(String text) {
    return text + System.lineSeparator();
  }

  private static String uncaught(Throwable failure, boolean stackTrace) {
    var bytes = new ByteArrayOutputStream();
    var err = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    Failures.uncaught(
        Thread.ofPlatform().name("helper").unstarted(() -> {}), failure, err, stackTrace);
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aFailureOfAnotherThreadTakesOneLine() {
    String line = uncaught(new ShapeException("matmul: inner sizes\ndiffer"), false);
    assertEquals(
        "maskalign: thread 'helper' failed: ShapeException: matmul: inner sizes\\x0adiffer",
        line.strip());
    assertEquals(1, uncaught(new IllegalStateException(), false).lines().count());
    assertTrue(uncaught(new OutOfMemoryError("Java heap space"), false).contains("-Xmx"));
    assertTrue(uncaught(new IllegalStateException("x"), true).contains("at io.github.maskalign"));
  }
}
