package io.github.maskalign.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.maskalign.train.log.BarDisplay;
import io.github.maskalign.train.log.LogEntry;
import io.github.maskalign.train.log.ProgressDisplay;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StopSignalTest {

  private final Map<String, IntConsumer> handlers = new HashMap<>();
  private final List<Integer> exits = new ArrayList<>();
  private final List<String> told = new ArrayList<>();
  private long millis;

  private StopSignal install() {
    return StopSignal.install(
        (name, handler) -> {
          handlers.put(name, handler);
          return () -> handlers.remove(name);
        },
        exits::add,
        () -> told.add("stopping"),
        () -> TimeUnit.MILLISECONDS.toNanos(millis));
  }

  @Test
  void theFirstSignalAsksAndTheSecondEnds() {
    try (StopSignal stop = install()) {
      assertFalse(stop.requested());
      assertEquals(0, stop.exitStatus());

      handlers.get("INT").accept(2);
      assertTrue(stop.requested());
      assertEquals(130, stop.exitStatus());
      assertEquals(List.of("stopping"), told);
      assertEquals(List.of(), exits);

      millis = 501;
      handlers.get("TERM").accept(15);
      assertEquals(List.of(143), exits);
      assertEquals(130, stop.exitStatus());
      assertEquals(List.of("stopping"), told);
    }
  }

  @Test
  void oneKeyPressThatComesTwiceCountsOnce() {
    try (StopSignal stop = install()) {
      handlers.get("INT").accept(2);
      millis = 500;
      handlers.get("INT").accept(2);
      assertTrue(stop.requested());
      assertEquals(List.of(), exits);
    }
  }

  @Test
  void closingGivesTheSignalsBack() {
    StopSignal stop = install();
    assertEquals(Set.of("INT", "TERM", "HUP", "USR1"), handlers.keySet());
    stop.close();
    stop.close();
    assertEquals(0, handlers.size());
  }

  @Test
  void withoutSignalsNothingIsEverAskedFor() {
    try (StopSignal stop =
        StopSignal.install((name, handler) -> null, exits::add, () -> {}, () -> 0)) {
      assertFalse(stop.requested());
    }
  }

  /** A training loop whose steps never end by themselves, with the bar that it would have. */
  static final class Training {
    public static void main(String[] args) throws InterruptedException {
      boolean hangs = args[0].equals("hangs");
      int status;
      try (StopSignal stop = StopSignal.install(() -> System.out.println("asked"));
          ProgressDisplay bar = new BarDisplay("training", 0, 1_000_000, System.err, 79)) {
        System.out.println("ready");
        for (long step = 1; hangs || !stop.requested(); step++) {
          Thread.sleep(5);
          bar.update(new LogEntry(step, 0, 1, 1, 1, 1));
        }
        status = stop.exitStatus();
      }
      System.out.println("saved");
      System.exit(status);
    }
  }

  /** Whether this process, and thus those it starts, ignores a signal. */
  private static boolean ignores(int number) throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.isReadable(status)) {
      return false;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("SigIgn:"))
        .map(line -> line.replaceAll("SigIgn:\\s*", ""))
        .anyMatch(mask -> (Long.parseUnsignedLong(mask, 16) >> number - 1 & 1) != 0);
  }

  @ParameterizedTest
  @CsvSource({
    "INT, ends, 130",
    "TERM, ends, 143",
    "HUP, ends, 129",
    "USR1, ends, 138",
    "INT, hangs, 130",
    "TERM, hangs, 143"
  })
  @DisabledOnOs(OS.WINDOWS)
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void realSignals(String signal, String how, int status) throws Exception {
    assumeTrue(
        !OS.MAC.isCurrentOs() || !signal.equals("USR1"), "has another number, and another status");
    assumeTrue(
        !ignores(status - 128), signal + " is ignored here, as in what a shell runs behind nohup");
    Process training = training("exec \"$@\"", how);
    try (BufferedReader said =
        new BufferedReader(new InputStreamReader(training.getInputStream()))) {
      assertEquals("ready", said.readLine());
      kill(training, signal);
      assertEquals("asked", said.readLine());
      if (how.equals("hangs")) {
        Thread.sleep(600); // or both would count as one key press
        assertTrue(training.isAlive());
        kill(training, signal);
        // Ended immediately: no more output.
        assertNull(said.readLine());
      } else {
        assertEquals("saved", said.readLine());
      }
      assertTrue(training.waitFor(20, TimeUnit.SECONDS));
      assertEquals(status, training.exitValue());
    } finally {
      training.destroyForcibly();
    }
  }

  /** A training that a shell starts. */
  private static Process training(String shell, String how) throws IOException {
    return new ProcessBuilder(
            "sh",
            "-c",
            shell,
            "sh",
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Training.class.getName(),
            how)
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  @ParameterizedTest
  @ValueSource(strings = {"HUP", "USR1"})
  @EnabledOnOs(OS.LINUX)
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void whatNohupIgnoresStaysIgnored(String signal) throws Exception {
    Process training = training("trap '' " + signal + "; exec \"$@\"", "ends");
    try (BufferedReader said =
        new BufferedReader(new InputStreamReader(training.getInputStream()))) {
      assertEquals("ready", said.readLine());
      kill(training, signal);
      kill(training, "TERM");
      assertEquals("asked", said.readLine());
      assertEquals("saved", said.readLine());
      assertTrue(training.waitFor(20, TimeUnit.SECONDS));
      assertEquals(143, training.exitValue());
    } finally {
      training.destroyForcibly();
    }
  }

  private static void kill(Process process, String signal) throws Exception {
    int status =
        new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
    assertEquals(0, status);
  }
}
