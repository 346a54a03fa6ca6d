package io.github.maskalign.train.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorBoardWriterTest {

  @Test
  void aReaderFindsWhatWasWritten(@TempDir Path folder) throws IOException {
    Map<String, Double> numbers = new LinkedHashMap<>();
    numbers.put("loss", 0.25);
    numbers.put("größe", -3e10);
    Path path;
    try (TensorBoardWriter file = TensorBoardWriter.create(folder.resolve("new"), 0)) {
      file.write(1, numbers);
      file.write(300_000_000_000L, Map.of("lr", 1e-4));
      path = file.path();
    }
    List<EventReader.Event> events = EventReader.read(path);
    assertEquals(4, events.size());
    assertEquals("brain.Event:2", events.getFirst().version());
    assertEquals(Map.of("loss", 0.25f, "größe", -3e10f), events.get(2).values());
    assertEquals(300_000_000_000L, events.get(3).step());
    double now = System.currentTimeMillis() / 1e3;
    assertEquals(now, events.get(3).wallTime(), 60);
  }

  @Test
  void goingOnForgetsLaterSteps(@TempDir Path folder) throws IOException {
    Path first;
    Path second;
    try (TensorBoardWriter one = TensorBoardWriter.create(folder, 0);
        TensorBoardWriter two = TensorBoardWriter.create(folder, 7)) {
      first = one.path();
      second = two.path();
    }
    assertTrue(first.compareTo(second) < 0, first + " " + second);
    EventReader.Event start = EventReader.read(second).get(1);
    assertEquals(1, start.session());
    assertEquals(8, start.step());
  }

  /** The check value of CRC-32C is 0xE3069283; rotated right by 15, plus the constant. */
  @Test
  void checksumsAreMasked() {
    byte[] digits = "123456789".getBytes(StandardCharsets.US_ASCII);
    int rotated = 0x2507C60D;
    assertEquals(Integer.rotateRight(0xE3069283, 15), rotated);
    assertEquals(rotated + 0xA282EAD8, TensorBoardWriter.maskedCrc(digits));
  }
}
