package io.github.maskalign.vit.text.token.file;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.io.AbsentContent;
import io.github.maskalign.tensor.io.BoundedFiles;
import io.github.maskalign.vit.json.JsonFiles;
import io.github.maskalign.vit.json.JsonKind;
import io.github.maskalign.vit.text.token.model.BytePairModel;
import io.github.maskalign.vit.text.token.model.BytePairModel.Pair;
import io.github.maskalign.vit.text.token.model.ByteSymbols;
import io.github.maskalign.vit.text.token.model.Vocabulary;
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
 * Reads plain vocabularies: {@code vocab.json} with {@code merges.txt}, {@code vocab.txt}, and
 * OpenAI's list of merges, which implies the tokens.
 */
final class VocabularyFiles {

  static final String START = "<|startoftext|>";
  static final String END = "<|endoftext|>";

  /** Number of tokens of CLIP; OpenAI's list is longer than its vocabulary. */
  private static final int CLIP_TOKENS = 49408;

  private static final BytePairModel.Options NO_OPTIONS =
      new BytePairModel.Options("", null, false, false, false);

  /** OpenAI's list has 262,145 lines. */
  private static final BoundedFiles.TextLimit MERGE_LIST =
      new BoundedFiles.TextLimit("a list of merges", 16 << 20, 1_000_000, 4096);

  private static final BoundedFiles.TextLimit WORD_LIST =
      new BoundedFiles.TextLimit("a list of tokens", 32 << 20, 1_000_000, 4096);

  private VocabularyFiles() {}

  /** Two tokens separated by a space. */
  static Pair pair(String name, String merge) {
    String[] parts = merge.split(" ", -1);
    if (parts.length != 2) {
      throw new FormatException(
          "%s: expected two tokens separated by a space, got '%s'".formatted(name, merge));
    }
    return new Pair(parts[0], parts[1]);
  }

  /** Tokens and merges in files of their own. */
  static ModelSource bytePairs(Path tokens, Path merges) {
    Map<String, Integer> ids = new HashMap<>();
    JsonFiles.object(tokens, JsonKind.VOCABULARY)
        .properties()
        .forEach(e -> ids.put(e.getKey(), id(tokens, e.getKey(), e.getValue())));
    return new ModelSource.BytePairs(
        tokens.toString(),
        Vocabulary.of(tokens.toString(), ids),
        pairs(merges.toString(), withoutHeader(lines(merges, MERGE_LIST))),
        NO_OPTIONS);
  }

  private static int id(Path file, String token, JsonNode id) {
    if (!id.isIntegralNumber() || !id.canConvertToInt() || id.intValue() < 0) {
      throw new FormatException("%s: token '%s' has the invalid id %s".formatted(file, token, id));
    }
    return id.intValue();
  }

  private static List<Pair> pairs(String name, List<String> merges) {
    return merges.stream().map(merge -> pair(name, merge)).toList();
  }

  /** Word pieces, one a line; the id is the number of the line. */
  static ModelSource words(Path file) {
    return new ModelSource.WordPieces(
        file.toString(),
        Vocabulary.of(file.toString(), lines(file, WORD_LIST)),
        "[UNK]",
        "##",
        100);
  }

  /**
   * OpenAI's list. Token ids are assigned in this order: bytes, bytes at the end of words, merges,
   * start, end.
   */
  static ModelSource list(Path file) {
    List<String> lines = withoutHeader(lines(file, MERGE_LIST));
    List<String> symbols = ByteSymbols.all();
    int count = Math.min(lines.size(), CLIP_TOKENS - 2 * symbols.size() - 2);
    List<String> merges = lines.subList(0, count);
    List<String> all = new ArrayList<>(symbols);
    symbols.forEach(symbol -> all.add(symbol + ByteSymbols.WORD_END));
    merges.forEach(merge -> all.add(merge.replace(" ", "")));
    all.add(START);
    all.add(END);
    String name = file.toString();
    return new ModelSource.BytePairs(
        name, Vocabulary.of(name, all), pairs(name, merges), NO_OPTIONS);
  }

  /** The first line may state the version; a merge has exactly one space. */
  private static List<String> withoutHeader(List<String> lines) {
    List<String> merges = lines.stream().filter(line -> !line.isBlank()).toList();
    int from = !merges.isEmpty() && merges.getFirst().contains("#version") ? 1 : 0;
    return merges.subList(from, merges.size());
  }

  private static List<String> lines(Path file, BoundedFiles.TextLimit limit) {
    boolean packed = file.toString().endsWith(".gz");
    try {
      AbsentContent.refuse(file);
      try (InputStream in = Files.newInputStream(file);
          InputStream text = packed ? new GZIPInputStream(in) : in) {
        return BoundedFiles.lines(file.toString(), text, limit);
      }
    } catch (IOException e) {
      throw new FormatException(file + ": cannot be read: " + e.getMessage(), e);
    }
  }
}
