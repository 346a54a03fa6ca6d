package io.github.maskalign.tensor.io;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.FormatException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SiblingFilesTest {

  private static final Path INDEX = Path.of("folder", "index.json");

  @Test
  void acceptsNamesOfFiles() {
    for (String name :
        new String[] {
          "model-00001-of-00002.safetensors", "a", "..a", "...", "with space.bin", "\u00fc.bin"
        }) {
      assertEquals(Path.of("folder", name), SiblingFiles.resolve(INDEX, name, "shard"));
    }
    assertEquals(Path.of("a"), SiblingFiles.resolve(Path.of("index.json"), "a", "shard"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        ".",
        "..",
        "/etc/passwd",
        "a/b",
        "../a",
        "a\n/../../outside/a",
        "a\r/../b",
        "..\\a",
        "C:a",
        "a:stream",
        "a\0",
        "a\u001b[2J",
        "a\u0085b",
        "a\u2028b",
        "a\u202eb",
        "\ud800",
        "a\udc00"
      })
  void refusesEverythingElse(String name) {
    String message =
        assertThrows(FormatException.class, () -> SiblingFiles.resolve(INDEX, name, "shard"))
            .getMessage();
    assertTrue(message.startsWith(INDEX + ": shard '"), message);
    assertFalse(message.chars().anyMatch(Character::isISOControl), message);
  }
}
