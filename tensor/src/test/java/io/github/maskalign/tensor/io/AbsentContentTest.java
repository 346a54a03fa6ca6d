package io.github.maskalign.tensor.io;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.FormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AbsentContentTest {

  private static final String POINTER =
      "version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize 343960\n"
          .formatted("ab".repeat(32));

  private static Optional<String> problem(String start) {
    return AbsentContent.problem(start.getBytes(US_ASCII));
  }

  @Test
  void namesWhatIsThereAndWhatToDo() {
    assertEquals(Optional.of("is empty (0 bytes); copy or download it again"), problem(""));
    assertEquals(
        Optional.of(
            "is only a Git LFS pointer to the file of 343,960 bytes; run 'git lfs pull' in its"
                + " repository, or download the file"),
        problem(POINTER));
    assertTrue(problem("version https://hawser.github.com/spec/v1\noid sha256:0").isPresent());
    assertTrue(problem(POINTER.replace("\n", "\r\n")).orElseThrow().contains("343,960"));
    assertTrue(problem("\n<!DOCTYPE html>\n<html lang=\"en\">").orElseThrow().contains("web page"));
    assertTrue(problem("<HTML><head>").isPresent());
  }

  @Test
  void takesEverythingElseForContent() {
    String[] contents = {"{", "{}", " ", "version 2", "<svg>", "#version: 0.2\n", "<s>\n</s>\n"};
    for (String content : contents) {
      assertEquals(Optional.empty(), problem(content), content);
    }
    assertEquals(Optional.empty(), AbsentContent.substitute(new byte[0]));
  }

  @Test
  void refusesAFileByItsName(@TempDir Path folder) throws IOException {
    Path file = Files.writeString(folder.resolve("model.safetensors"), POINTER);
    FormatException e = assertThrows(FormatException.class, () -> AbsentContent.refuse(file));
    assertTrue(e.getMessage().startsWith(file + ": is only a Git LFS pointer"), e.getMessage());
    Files.writeString(file, "content");
    assertDoesNotThrow(() -> AbsentContent.refuse(file));
  }
}
