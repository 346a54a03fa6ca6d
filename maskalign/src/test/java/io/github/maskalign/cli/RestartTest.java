package io.github.maskalign.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.maskalign.train.StopSignal;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RestartTest {

  /** Says in which JVM it runs, then ends with a status or waits for a signal. */
  static final class Program {
    public static void main(String[] args) throws Exception {
      Restart.ifNeeded(Program.class, args);
      boolean vectors = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
      System.out.printf(
          "%b %s %d %d%n",
          vectors,
          System.getProperty("given"),
          Runtime.getRuntime().maxMemory() >> 20,
          ProcessHandle.current().pid());
      if (args[0].equals("echo")) {
        System.out.println(new BufferedReader(new InputStreamReader(System.in)).readLine());
        System.exit(Integer.parseInt(args[1]));
      }
      try (StopSignal stop = StopSignal.install()) {
        System.out.println("waiting");
        while (!stop.requested()) {
          Thread.sleep(5);
        }
        System.out.println("saved");
        System.exit(stop.exitStatus());
      }
    }
  }

  private static Process start(List<String> options, String... args) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(Program.class.getName());
    command.addAll(List.of(args));
    return new ProcessBuilder(command).start();
  }

  private static String text(java.io.InputStream in) throws IOException {
    return new String(in.readAllBytes(), StandardCharsets.UTF_8);
  }

  @Test
  void optionsStreamsAndStatusAreThoseOfTheFirst() throws Exception {
    Process process = start(List.of("-Dgiven=a b", "-Xmx64m"), "echo", "7");
    process.getOutputStream().write("typed\n".getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().close();
    String out = text(process.getInputStream());
    String err = text(process.getErrorStream());
    assertEquals(7, process.waitFor(), err);
    assertTrue(out.matches("(?s)true a b 6[0-4] \\d+\\Rtyped\\R"), out);
    assertFalse(out.contains(" " + process.pid() + "\n"), out);
    assertEquals(1, err.lines().filter(line -> line.startsWith("Restarting Java")).count(), err);
  }

  @ParameterizedTest
  @CsvSource({
    "-Dmaskalign.restart=false, false",
    "--add-modules=jdk.incubator.vector, true",
    "'-agentlib:jdwp=transport=dt_socket,server=y,suspend=n,quiet=y', false",
    "-Dcom.sun.management.jmxremote, false",
  })
  void nothingIsRestartedWithoutNeed(String option, boolean vectors) throws Exception {
    Process process = start(List.of(option), "echo", "0");
    process.getOutputStream().close();
    String out = text(process.getInputStream());
    assertEquals(0, process.waitFor());
    assertTrue(out.startsWith(vectors + " null "), out);
    assertTrue(out.lines().findFirst().orElseThrow().endsWith(" " + process.pid()), out);
  }

  @Test
  void helpIsAtOnce() throws Exception {
    Process process = start(List.of(), "echo", "0", "--help");
    process.getOutputStream().close();
    assertTrue(text(process.getInputStream()).startsWith("false "));
    assertEquals("", text(process.getErrorStream()));
  }

  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143"})
  @DisabledOnOs(OS.WINDOWS)
  void signalsArePassedOn(String signal, int status) throws Exception {
    Process process = start(List.of(), "wait");
    try (BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream()))) {
      assertTrue(out.readLine().startsWith("true"));
      assertEquals("waiting", out.readLine());
      new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
      boolean ends = process.waitFor(20, TimeUnit.SECONDS);
      // What a shell starts in the background has SIGINT ignored, and so has all that it starts.
      assumeTrue(ends || signal.equals("TERM"), "SIGINT is ignored here");
      assertEquals("saved", out.readLine());
      assertEquals(status, process.exitValue());
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  @Test
  void theSecondEndsWithTheFirst() throws Exception {
    Process process = start(List.of(), "wait");
    BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream()));
    String[] words = out.readLine().split(" ");
    assertEquals("waiting", out.readLine());
    ProcessHandle second = ProcessHandle.of(Long.parseLong(words[3])).orElseThrow();
    process.destroyForcibly();
    second.onExit().get(20, TimeUnit.SECONDS);
    assertFalse(second.isAlive());
  }
}
