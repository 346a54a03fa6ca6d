package io.github.maskalign.train.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.FormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class RunLogTest {

  private static LogEntry entry(long step) {
    return new LogEntry(step, 2, 0.5, 6e-4, 1.25, 310.5);
  }

  @Test
  void keysComeInTheirOrderAndExtrasAfterThem(@TempDir Path folder) throws IOException {
    Path path = folder.resolve("log.jsonl");
    Map<String, Object> extras = new LinkedHashMap<>();
    extras.put("wait_s", 0.25f);
    extras.put("mask", "random");
    extras.put("warm", true);
    extras.put("bytes", 1L << 40);
    extras.put("bad", Float.NaN);
    try (RunLog log = RunLog.open(path, 0)) {
      log.write(entry(1));
      // Not only once the log is closed.
      assertEquals(1, Files.readAllLines(path).size());
      log.write(entry(2), extras);
    }
    assertEquals(
        List.of(
            "{\"step\":1,\"epoch\":2,\"loss\":0.5,\"lr\":6.0E-4,\"grad_norm\":1.25,"
                + "\"images_per_s\":310.5}",
            "{\"step\":2,\"epoch\":2,\"loss\":0.5,\"lr\":6.0E-4,\"grad_norm\":1.25,"
                + "\"images_per_s\":310.5,\"wait_s\":0.25,\"mask\":\"random\",\"warm\":true,"
                + "\"bytes\":1099511627776,\"bad\":null}"),
        Files.readAllLines(path));
  }

  @Property(tries = 200)
  void anyNumbersMakeJson(
      @ForAll long step, @ForAll int epoch, @ForAll double[] values, @ForAll String text)
      throws IOException {
    Path path = Files.createTempFile("log", ".jsonl");
    try (RunLog log = RunLog.open(path, 0)) {
      double value = values.length == 0 ? Double.NEGATIVE_INFINITY : values[0];
      log.write(
          new LogEntry(step, epoch, value, Double.NaN, -value, Double.POSITIVE_INFINITY),
          Map.of("text", text));
      List<String> lines = Files.readString(path).lines().toList();
      assertEquals(1, lines.size());
      JsonNode json = new ObjectMapper().readTree(lines.getFirst());
      assertEquals(step, json.get("step").longValue());
      assertTrue(json.get("lr").isNull());
      assertTrue(json.get("images_per_s").isNull());
      if (Double.isFinite(value)) {
        assertEquals(value, json.get("loss").doubleValue());
      } else {
        assertTrue(json.get("loss").isNull());
      }
    } finally {
      Files.delete(path);
    }
  }

  @Test
  void goingOnDropsWhatComesAgainAndWhatACrashCutOff(@TempDir Path folder) throws IOException {
    Path path = folder.resolve("log.jsonl");
    try (RunLog log = RunLog.open(path, 0)) {
      for (int step = 10; step <= 40; step += 10) {
        log.write(entry(step));
      }
    }
    List<String> all = Files.readAllLines(path);
    Files.writeString(path, "{\"step\":5", StandardOpenOption.APPEND);

    RunLog.open(path, 40).close();
    assertEquals(all, Files.readAllLines(path));

    try (RunLog log = RunLog.open(path, 20)) {
      log.write(entry(30));
    }
    assertEquals(all.subList(0, 3), Files.readAllLines(path));

    RunLog.open(path, 0).close();
    assertEquals(0, Files.size(path));
  }

  @Test
  void anotherFileIsNotTouched(@TempDir Path folder) throws IOException {
    Path path = folder.resolve("notes.txt");
    for (String content :
        new String[] {
          "my notes\n",
          "{\"epoch\":1}\n",
          "{\"step\":\"a\"}\n",
          "{\"step\":1.0}\n",
          "{\"step\":1e3}\n",
          "{\"step\":99999999999999999999}\n",
          "{\"epoch\":1,\"step\":2}\n",
          "{}\n",
          "\n"
        }) {
      Files.writeString(path, content);
      assertThrows(FormatException.class, () -> RunLog.open(path, 0));
      assertEquals(content, Files.readString(path));
    }
  }

  /** Both readers of a log name the line and the reason. */
  @Test
  void aDamagedLineIsNamed(@TempDir Path folder) throws IOException {
    Path path = folder.resolve("log.jsonl");
    for (String damaged :
        new String[] {"{\"step\":2", "{\"step\":2,\"step\":3}", "{\"step\":2} x"}) {
      Files.writeString(path, "{\"step\":1}\n" + damaged + "\n{\"step\":4}\n");
      for (Executable read :
          List.<Executable>of(() -> LogReader.read(path), () -> RunLog.open(path, 9))) {
        String message = assertThrows(FormatException.class, read).getMessage();
        assertTrue(message.startsWith(path + ", a training log, line 2: not JSON: "), message);
      }
    }
  }

  @Test
  void extrasThatWouldSpoilTheLineAreRefusedAndLeaveNone(@TempDir Path folder) throws IOException {
    Path path = folder.resolve("log.jsonl");
    try (RunLog log = RunLog.open(path, 0)) {
      assertThrows(ArgumentException.class, () -> log.write(entry(1), Map.of("loss", 1.0)));
      assertThrows(ArgumentException.class, () -> log.write(entry(1), Map.of("list", List.of())));
    }
    assertEquals(0, Files.size(path));
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  @Timeout(60)
  void doesNotWaitForPipes(@TempDir Path folder) throws Exception {
    Path pipe = folder.resolve("log.jsonl");
    assertEquals(0, new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor());
    String message = pipe + ": is a named pipe, not a file";
    assertEquals(
        message, assertThrows(FormatException.class, () -> RunLog.open(pipe, 0)).getMessage());
    assertEquals(
        message, assertThrows(FormatException.class, () -> LogReader.read(pipe)).getMessage());
  }
}
