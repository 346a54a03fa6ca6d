package io.github.maskalign.tensor.io;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.io.BoundedFiles.TextLimit;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BoundedFilesTest {

  private static final TextLimit LIMIT = new TextLimit("a list", 20, 4, 8);

  @TempDir private Path folder;

  private static List<String> lines(byte[] text) throws IOException {
    return BoundedFiles.lines("here", new ByteArrayInputStream(text), LIMIT);
  }

  private static String refused(byte[] text) {
    return assertThrows(FormatException.class, () -> lines(text)).getMessage();
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void readsFilesUpToTheirLimit() throws IOException {
    Path file = Files.write(folder.resolve("a"), new byte[] {1, 2, 3});
    assertArrayEquals(new byte[] {1, 2, 3}, BoundedFiles.read(file, 3, "a record"));
    String message =
        assertThrows(FormatException.class, () -> BoundedFiles.read(file, 2, "a record"))
            .getMessage();
    assertEquals(file + ": too large for a record, the limit is 2 bytes", message);
  }

  @Test
  void readsOnlyFiles() {
    assertThrows(FormatException.class, () -> BoundedFiles.read(folder, 9, "a record"));
    Path gone = folder.resolve("gone");
    assertThrows(NoSuchFileException.class, () -> BoundedFiles.read(gone, 9, "a record"));
  }

  @Test
  void readsLines() throws IOException {
    assertEquals(List.of("a b", "", "c\u00e9"), lines(utf8("a b\r\n\nc\u00e9")));
    assertEquals(List.of("a"), lines(utf8("a\n")));
    assertEquals(List.of(), lines(new byte[0]));
    assertEquals(List.of("12345678"), lines(utf8("12345678\n")));
  }

  @Test
  void refusesMoreThanItsLimits() {
    assertTrue(refused(utf8("123456789")).startsWith("here: line 1 exceeds the line length"));
    assertTrue(refused(utf8("\n\n\n\n\n")).startsWith("here: line 5 exceeds the number of lines"));
    String long3 = "1234567\n1234567\n1234567\n";
    assertTrue(refused(utf8(long3)).startsWith("here: line 3 exceeds the size"));
    assertTrue(refused(new byte[] {'a', '\n', (byte) 0xff}).contains("not text in UTF-8"));
  }

  @Test
  void aStreamWithoutEndIsRefused() {
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            return 'a';
          }
        };
    assertThrows(FormatException.class, () -> BoundedFiles.lines("here", endless, LIMIT));
    assertThrows(FormatException.class, () -> BoundedFiles.read("here", endless, 99, "a list"));
  }
}
