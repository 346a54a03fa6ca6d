package io.github.maskalign.vit.weights;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.io.BoundedFiles;
import io.github.maskalign.vit.json.JsonFiles;
import io.github.maskalign.vit.json.JsonKind;
import io.github.maskalign.vit.text.ByteSymbols;
import io.github.maskalign.vit.text.Vocabulary;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/**
 * Reads CLIP's vocabulary: {@code tokenizer.json}, or {@code vocab.json} with {@code merges.txt},
 * or OpenAI's list of merges, which implies the tokens.
 */
final class VocabularyFiles {

  private static final String TOKENIZER = "tokenizer.json";
  private static final String TOKENS = "vocab.json";
  private static final String MERGES = "merges.txt";
  private static final List<String> LISTS =
      List.of("bpe_simple_vocab_16e6.txt.gz", "bpe_simple_vocab_16e6.txt");

  /** OpenAI's list has 262,145 lines. */
  private static final BoundedFiles.TextLimit MERGE_LIST =
      new BoundedFiles.TextLimit("a list of merges", 16 << 20, 1_000_000, 4096);

  private VocabularyFiles() {}

  /**
   * Reads the vocabulary in a folder, from the first of these files that exists.
   *
   * @param tokens number of tokens of the text tower; OpenAI's list is longer than CLIP's
   *     vocabulary
   * @throws FormatException if there is none, or it is damaged or of another kind
   */
  static Vocabulary read(Path folder, int tokens) {
    if (Files.exists(folder.resolve(TOKENIZER))) {
      return tokenizer(folder.resolve(TOKENIZER));
    }
    if (Files.exists(folder.resolve(TOKENS)) && Files.exists(folder.resolve(MERGES))) {
      Map<String, Integer> ids = new HashMap<>();
      Path file = folder.resolve(TOKENS);
      JsonFiles.object(file, JsonKind.VOCABULARY)
          .properties()
          .forEach(e -> put(file, ids, e.getKey(), e.getValue()));
      List<String> merges = lines(folder.resolve(MERGES));
      return Vocabulary.of(file.toString(), ids, merges.subList(header(merges), merges.size()));
    }
    for (String name : LISTS) {
      if (Files.exists(folder.resolve(name))) {
        return list(folder.resolve(name), tokens);
      }
    }
    throw new FormatException(
        "%s: missing vocabulary; put %s, or %s and %s, or %s beside the weights"
            .formatted(folder, TOKENIZER, TOKENS, MERGES, LISTS.getFirst()));
  }

  private static Vocabulary tokenizer(Path file) {
    JsonNode root = JsonFiles.object(file, JsonKind.VOCABULARY);
    JsonNode model = root.path("model");
    if (!model.path("vocab").isObject()
        || !model.path("merges").isArray()
        || !model.path("end_of_word_suffix").asText().equals(ByteSymbols.WORD_END)) {
      throw new FormatException(
          "%s: not a tokenizer of CLIP, which has byte pairs with '%s' at the end of words"
              .formatted(file, ByteSymbols.WORD_END));
    }
    Map<String, Integer> ids = new HashMap<>();
    model.get("vocab").properties().forEach(e -> put(file, ids, e.getKey(), e.getValue()));
    root.path("added_tokens")
        .forEach(token -> put(file, ids, token.path("content").asText(), token.path("id")));
    List<String> merges = new ArrayList<>();
    // Newer files have a merge as a list of two.
    model
        .get("merges")
        .forEach(
            merge ->
                merges.add(
                    merge.isArray()
                        ? merge.path(0).asText() + " " + merge.path(1).asText()
                        : merge.asText()));
    return Vocabulary.of(file.toString(), ids, merges);
  }

  private static void put(Path file, Map<String, Integer> ids, String token, JsonNode id) {
    if (!id.isIntegralNumber() || !id.canConvertToInt() || id.intValue() < 0) {
      throw new FormatException("%s: token '%s' has the invalid id %s".formatted(file, token, id));
    }
    ids.put(token, id.intValue());
  }

  /** Token ids are assigned in this order: bytes, bytes at the end of words, merges, start, end. */
  private static Vocabulary list(Path file, int tokens) {
    List<String> lines = lines(file);
    List<String> symbols = ByteSymbols.all();
    int from = header(lines);
    int count = tokens - 2 * symbols.size() - 2;
    if (count < 0 || lines.size() - from < count) {
      throw new FormatException(
          "%s: %d merges are not enough for the %d tokens of the text tower"
              .formatted(file, lines.size() - from, tokens));
    }
    List<String> merges = lines.subList(from, from + count);
    List<String> all = new ArrayList<>(symbols);
    symbols.forEach(symbol -> all.add(symbol + ByteSymbols.WORD_END));
    merges.forEach(merge -> all.add(merge.replace(" ", "")));
    all.add(Vocabulary.START);
    all.add(Vocabulary.END);
    Map<String, Integer> ids = new HashMap<>();
    for (int id = 0; id < all.size(); id++) {
      ids.put(all.get(id), id);
    }
    return Vocabulary.of(file.toString(), ids, merges);
  }

  /** The first line may state the version; a merge has exactly one space. */
  private static int header(List<String> lines) {
    return !lines.isEmpty() && lines.getFirst().contains("#version") ? 1 : 0;
  }

  private static List<String> lines(Path file) {
    boolean packed = file.toString().endsWith(".gz");
    try {
      BoundedFiles.requireRegular(file);
      try (InputStream in = Files.newInputStream(file);
          InputStream text = packed ? new GZIPInputStream(in) : in) {
        return BoundedFiles.lines(file.toString(), text, MERGE_LIST).stream()
            .filter(line -> !line.isBlank())
            .toList();
      }
    } catch (IOException e) {
      throw new FormatException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }
}
