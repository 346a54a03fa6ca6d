package io.github.maskalign.tensor.io;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
class FileNamesTest {

  @TempDir private Path folder;

  @Test
  void bytesThatAreNotUtf8AreEscaped() {
    Map<byte[], String> texts =
        Map.of(
            "plain name.png".getBytes(UTF_8),
            "plain name.png",
            "café/日本\ud83d\ude00".getBytes(UTF_8),
            "café/日本\ud83d\ude00",
            "café".getBytes(ISO_8859_1),
            "caf\\xe9",
            new byte[] {'a', (byte) 0xed, (byte) 0xa0, (byte) 0x80},
            "a\\xed\\xa0\\x80",
            new byte[] {(byte) 0xe2, (byte) 0x82},
            "\\xe2\\x82",
            "caf\\xe9".getBytes(UTF_8),
            "caf\\x5cxe9",
            "a\\b\\".getBytes(UTF_8),
            "a\\b\\",
            new byte[0],
            "");
    texts.forEach((bytes, text) -> assertEquals(text, FileNames.text(bytes)));
  }

  @Test
  void everyTextLeadsBackToItsPath() {
    for (String text :
        List.of(
            "a",
            "a/b.png",
            "../a",
            "caf\\xe9/\\xff.png",
            "\\x5cx41",
            "a b%25?#\\x80",
            "/a/\\xe9",
            "日本/1.png",
            "")) {
      Path path = FileNames.resolve(folder, text);
      Path relative = text.startsWith("/") ? path : folder.relativize(path.normalize());
      assertEquals(text.equals("../a") ? "../a" : text, FileNames.text(relative), text);
    }
    assertEquals(folder.resolve("a/b.png"), FileNames.resolve(folder, "a/b.png"));
    assertThrows(InvalidPathException.class, () -> FileNames.resolve(folder, "\\xe9\0"));
    assertThrows(InvalidPathException.class, () -> FileNames.resolve(folder, "\\xe9\ud800"));
  }

  /** macOS refuses such names. */
  @Test
  @EnabledOnOs(OS.LINUX)
  void namesOfAnyBytesExistOnDisk() throws IOException {
    for (String name : List.of("caf\\xe9", "caf\\xe8", "caf\\x5cxe9")) {
      Files.createDirectory(FileNames.resolve(folder, name));
    }
    Path literal = Files.createDirectory(folder.resolve("b\\xe9"));
    assertEquals("b\\x5cxe9", FileNames.text(literal.getFileName()));
    TreeMap<String, URI> found = new TreeMap<>();
    try (Stream<Path> all = Files.list(folder)) {
      all.forEach(path -> found.put(FileNames.text(path.getFileName()), path.toUri()));
    }
    assertEquals(
        List.of("b\\x5cxe9", "caf\\x5cxe9", "caf\\xe8", "caf\\xe9"), List.copyOf(found.keySet()));
    assertTrue(found.get("caf\\xe9").getRawPath().endsWith("/caf%E9/"));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void onlyFilesAreOpened() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "text");
    Path link = Files.createSymbolicLink(folder.resolve("link"), file);
    try (InputStream in = RegularFiles.newInputStream(link)) {
      assertEquals("text", new String(in.readAllBytes(), UTF_8));
    }
    Path pipe = folder.resolve("pipe");
    Process made = new ProcessBuilder("mkfifo", pipe.toString()).start();
    assertTrue(made.waitFor(10, TimeUnit.SECONDS));
    assertEquals(pipe + ": is a named pipe, not a file", refusal(pipe));
    assertEquals("/dev/zero: is a device, not a file", refusal(Path.of("/dev/zero")));
    assertEquals(folder + ": is a folder, not a file", refusal(folder));
    assertThrows(
        NoSuchFileException.class, () -> RegularFiles.newInputStream(folder.resolve("none")));
  }

  private static String refusal(Path path) {
    return assertThrows(FileSystemException.class, () -> RegularFiles.newInputStream(path))
        .getMessage();
  }
}
