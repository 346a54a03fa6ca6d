package io.github.maskalign.vit.weights;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.maskalign.tensor.testing.fuzz.ByteMutator;
import io.github.maskalign.tensor.testing.fuzz.FuzzContract;
import io.github.maskalign.vit.json.JsonMutations;
import io.github.maskalign.vit.text.TinyVocabulary;
import io.github.maskalign.vit.text.Tokenizer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.io.TempDir;

/** Vocabularies in all four kinds of files, and texts encoded with those that were accepted. */
class VocabularyFuzzTest extends FuzzContract {

  private static final int TOKENS = TinyVocabulary.ids().size();
  private static final byte GZIP = 0x1f;

  private final byte[] tokenizer = utf8(TinyVocabulary.json());
  private final byte[] ids;
  private final byte[] merges =
      utf8("#version: 0.2\n" + String.join("\n", TinyVocabulary.merges()) + "\n");

  @TempDir private Path folder;

  VocabularyFuzzTest() throws IOException {
    ids = new ObjectMapper().writeValueAsBytes(TinyVocabulary.ids());
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] packed(byte[] content) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(packed)) {
      out.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }

  /** OpenAI's list, whose number of lines follows from the number of tokens. */
  private static byte[] list() {
    List<String> merges = TinyVocabulary.merges();
    StringBuilder lines = new StringBuilder("\"bpe_simple_vocab_16e6.txt#version: 0.2\n");
    for (int i = 0; i < TOKENS - 514; i++) {
      lines.append(merges.get(Math.min(i, merges.size() - 1))).append('\n');
    }
    return utf8(lines.toString());
  }

  @Override
  protected ByteMutator mutator() {
    return new ByteMutator(
        List.of(tokenizer, ids, merges, packed(list())),
        Stream.concat(
                Stream.of(JsonMutations.TOKENS),
                Stream.of(" ", "\n", "\r", "\t", "</w>", "a b c", "<|endoftext|>", "merges"))
            .toList());
  }

  @Override
  protected void read(byte[] file, String name) throws IOException {
    Path place = Files.createDirectory(folder.resolve(name));
    try {
      byte[] content = file;
      if (file.length > 0 && file[0] == GZIP) {
        Files.write(place.resolve("bpe_simple_vocab_16e6.txt.gz"), content);
      } else if (new String(file, StandardCharsets.ISO_8859_1).contains("\"model\"")) {
        content = JsonMutations.withNumbers(file, name);
        Files.write(place.resolve("tokenizer.json"), content);
      } else {
        boolean isMerges = file.length > 0 && file[0] != '{';
        Files.write(place.resolve("vocab.json"), isMerges ? ids : file);
        Files.write(place.resolve("merges.txt"), isMerges ? file : merges);
      }
      new Tokenizer(VocabularyFiles.read(place, TOKENS), 12).encode("A photo of été, 2 cats!");
    } finally {
      try (Stream<Path> files = Files.list(place)) {
        for (Path each : files.toList()) {
          Files.delete(each);
        }
      }
      Files.delete(place);
    }
  }
}
