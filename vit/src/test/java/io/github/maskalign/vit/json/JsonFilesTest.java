package io.github.maskalign.vit.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.InputConfig;
import io.github.maskalign.vit.image.ImageSize;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonFilesTest {

  @TempDir private Path folder;

  private static String refused(String text) {
    return assertThrows(
            FormatException.class,
            () -> JsonFiles.object("here.json", text, JsonKind.CONFIGURATION))
        .getMessage();
  }

  @Test
  void readsObjects() throws IOException {
    Path file = Files.writeString(folder.resolve("a.json"), " {\"a\": [1, {\"b\": \"\u00e9\"}]}\n");
    assertEquals(
        "\u00e9",
        JsonFiles.object(file, JsonKind.CONFIGURATION).path("a").path(1).path("b").asText());
    assertThrows(
        UncheckedIOException.class,
        () -> JsonFiles.object(folder.resolve("gone"), JsonKind.CONFIGURATION));
    assertThrows(FormatException.class, () -> JsonFiles.object(folder, JsonKind.CONFIGURATION));
  }

  @Test
  void namesFilesThatWereNotDownloaded() throws IOException {
    Path file = folder.resolve("config.json");
    for (String content : new String[] {"", "version https://git-lfs.github.com/spec/v1\n"}) {
      Files.writeString(file, content);
      FormatException e =
          assertThrows(FormatException.class, () -> JsonFiles.object(file, JsonKind.CONFIGURATION));
      String expected = content.isEmpty() ? ": is empty" : ": is only a Git LFS pointer";
      assertTrue(e.getMessage().startsWith(file + expected), e.getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "1",
        "null",
        "{",
        "{} {}",
        "{\"a\": 01}",
        "{'a': 1}",
        "\0{}",
        "{\"a\": 1, \"b\": {\"c\": 1, \"c\": 1}}"
      })
  void refusesEverythingElse(String text) {
    assertTrue(refused(text).startsWith("here.json: not "), () -> refused(text));
  }

  /** Jackson takes bytes of 0 at the start for UTF-32. */
  @Test
  void refusesTextThatCannotBeDecoded() throws IOException {
    Path file = folder.resolve("a.json");
    for (byte[] bytes :
        new byte[][] {
          {0, 0, 'a', 'b', 1, 1}, {(byte) 0xff, (byte) 0xfe, 0, 0, 9}, {'{', -1, '}'}
        }) {
      Files.write(file, bytes);
      String message =
          assertThrows(FormatException.class, () -> JsonFiles.object(file, JsonKind.CONFIGURATION))
              .getMessage();
      assertTrue(message.startsWith(file + ": not JSON"), message);
    }
  }

  @Test
  void refusesDeepAndLongContent() {
    assertTrue(refused("{\"a\":" + "[".repeat(100_000)).contains("too large for a configuration"));
    assertTrue(refused("{\"a\":" + "9".repeat(1000) + "}").contains("too large"));
    assertTrue(refused("{\"a\":[" + "0,".repeat(600_000) + "0]}").contains("too large"));
  }

  /** The worst content, empty objects, takes many times its size in memory. */
  @ParameterizedTest
  @EnumSource
  void memoryIsLimited(JsonKind kind) throws IOException {
    Path file = folder.resolve("many.json");
    for (int count : new int[] {1_000_000, 12_000_000}) {
      Files.writeString(file, "{\"a\":[" + "{},".repeat(count) + "{}]}");
      ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
      long before = threads.getCurrentThreadAllocatedBytes();
      try {
        JsonFiles.object(file, kind);
        assertEquals(JsonKind.VOCABULARY, kind);
      } catch (FormatException e) {
        assertTrue(e.getMessage().startsWith(file + ": too large for"), e.getMessage());
      }
      long taken = threads.getCurrentThreadAllocatedBytes() - before;
      assertTrue(taken < 300L << 20, () -> taken + " bytes");
    }
  }

  @Test
  void aRecordIsCompleteOrRefused() {
    for (String text :
        new String[] {
          "{}",
          "null",
          "3",
          "{\"imageSize\": 8, \"patchSize\": 4, \"channels\": 3}",
          "{\"imageSize\": 8, \"patchSize\": 4, \"channels\": null, \"bias\": true}",
          "{\"imageSize\": \"8\", \"patchSize\": 4, \"channels\": 3, \"bias\": true}",
          "{\"imageSize\": 8, \"imageSize\": 8, \"patchSize\": 4, \"channels\": 3, \"bias\": true}",
          "{\"imageSize\": 8, \"patchSize\": 4, \"channels\": 3, \"bias\": true} {}",
          "{\"imageSize\": 8.5, \"patchSize\": 4, \"channels\": 3, \"bias\": true}",
          "{\"imageSize\": 1e308, \"patchSize\": 4, \"channels\": 3, \"bias\": true}",
          "{\"imageSize\": 8, \"patchSize\": 9, \"channels\": 3, \"bias\": true}"
        }) {
      FormatException e =
          assertThrows(
              FormatException.class,
              () -> JsonFiles.parse("here", text, InputConfig.class, JsonKind.CONFIGURATION),
              text);
      assertTrue(e.getMessage().startsWith("here: "), e.getMessage());
    }
    String whole = "{\"imageSize\": 8, \"patchSize\": 4, \"channels\": 3, \"bias\": true}";
    assertEquals(
        new InputConfig(ImageSize.square(8), 4, 3, true),
        JsonFiles.parse("here", whole, InputConfig.class, JsonKind.CONFIGURATION));
  }

  /** A record that refuses some of its values. */
  public record Checked(List<String> names, int count) {

    /** Requires a positive count. */
    public Checked {
      names = List.copyOf(names);
      if (count < 1) {
        throw new IllegalArgumentException("count " + count);
      }
    }
  }

  @Test
  void aRecordThatRefusesItsValuesSaysWhy() {
    assertEquals("here: count 0", refusal("{\"names\": [], \"count\": 0}"));
    String missing = "here: a required value of Checked is null";
    assertEquals(missing, refusal("{\"names\": null, \"count\": 1}"));
    assertEquals(missing, refusal("{\"names\": [null], \"count\": 1}"));
  }

  private static String refusal(String text) {
    return assertThrows(
            FormatException.class, () -> JsonFiles.parse("here", text, Checked.class, JsonKind.RUN))
        .getMessage();
  }
}
