package io.github.maskalign.vit.text.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.FormatException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VocabularyFilesTest {

  @TempDir private Path folder;

  private String refused() {
    return assertThrows(FormatException.class, () -> Tokenizers.transformers(folder)).getMessage();
  }

  private Path packed(String content, int times) throws IOException {
    Path file = folder.resolve("bpe_simple_vocab_16e6.txt.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
      for (int i = 0; i < times; i++) {
        out.write(bytes);
      }
    }
    return file;
  }

  @Test
  void refusesAPackedLineWithoutEnd() throws IOException {
    Path file = packed("a".repeat(1 << 20), 400);
    assertTrue(refused().startsWith(file + ": line 1 exceeds the line length of a list of merges"));
  }

  @Test
  void refusesTooManyPackedLines() throws IOException {
    Path file = packed("a b\n".repeat(1 << 18), 100);
    assertTrue(refused().startsWith(file + ": line 1000001 exceeds the number of lines"));
    packed("\n".repeat(1 << 20), 100);
    assertTrue(refused().startsWith(file + ": line 1000001 exceeds the number of lines"));
  }

  @Test
  void refusesDamagedArchives() throws IOException {
    Path file = packed("a b\n", 1000);
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length / 2));
    assertTrue(refused().startsWith(file + ": cannot be read"), refused());
    Files.write(file, new byte[] {1, 2, 3});
    assertTrue(refused().startsWith(file + ": cannot be read"), refused());
  }

  @Test
  void namesFilesThatWereNotDownloaded() throws IOException {
    String pointer = "version https://git-lfs.github.com/spec/v1\n";
    Files.writeString(folder.resolve("vocab.json"), "{\"a\": 0}");
    Path merges = Files.writeString(folder.resolve("merges.txt"), pointer);
    assertTrue(refused().startsWith(merges + ": is only a Git LFS pointer"), refused());
    Files.delete(merges);
    Files.delete(folder.resolve("vocab.json"));
    Path pieces = Files.writeString(folder.resolve("spiece.model"), pointer);
    assertTrue(refused().startsWith(pieces + ": is only a Git LFS pointer"), refused());
  }

  @Test
  void refusesMergesThatAreNotText() throws IOException {
    Files.writeString(folder.resolve("vocab.json"), "{\"a\": 0}");
    Path merges = Files.write(folder.resolve("merges.txt"), new byte[] {'a', ' ', (byte) 0xc0});
    assertTrue(refused().startsWith(merges + ": not text in UTF-8"), refused());
  }

  @Test
  void refusesInvalidTokens() throws IOException {
    Path file = folder.resolve("tokenizer.json");
    String json = TinyVocabulary.json();
    for (String id : new String[] {"-1", "1e308", "2147483648", "null", "\"1\"", "1.5"}) {
      Files.writeString(file, json.replaceFirst("\"!\":\\d+", "\"!\":" + id));
      assertTrue(refused().startsWith(file + ": invalid id "), refused());
    }
    Files.writeString(file, json);
    assertEquals(TinyVocabulary.ids().size(), Tokenizers.transformers(folder).size());
  }
}
