package io.github.maskalign.vit.text.token.file;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.json.JsonFiles;
import io.github.maskalign.vit.json.JsonKind;
import io.github.maskalign.vit.text.token.model.BytePairModel;
import io.github.maskalign.vit.text.token.model.BytePairModel.Pair;
import io.github.maskalign.vit.text.token.model.Vocabulary;
import io.github.maskalign.vit.text.token.pipeline.AddedToken;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads {@code tokenizer.json} of Hugging Face's tokenizers. */
final class TokenizerJson {

  private static final int MAX_WORD = 10_000;

  private final String name;
  private final JsonNode root;

  private TokenizerJson(String name, JsonNode root) {
    this.name = name;
    this.root = root;
  }

  /**
   * Reads a file.
   *
   * @throws FormatException if it is not JSON, or exceeds a limit
   */
  static TokenizerJson read(Path file) {
    JsonNode root = JsonFiles.object(file, JsonKind.VOCABULARY);
    if (!root.path("model").isObject()) {
      throw new FormatException(file + ": not a tokenizer: it has no model");
    }
    return new TokenizerJson(file.toString(), root);
  }

  String name() {
    return name;
  }

  /** A part, as the normalizer; a missing node if it has none. */
  JsonNode part(String key) {
    return root.path(key);
  }

  /** Added tokens with the ids that the file gives. */
  List<AddedToken> added() {
    List<AddedToken> added = new ArrayList<>();
    for (JsonNode token : root.path("added_tokens")) {
      added.add(TokenizerConfig.addedToken(name, token, id(token.path("id")), false));
    }
    return added;
  }

  private int id(JsonNode id) {
    if (!id.isIntegralNumber() || !id.canConvertToInt() || id.intValue() < 0) {
      throw new FormatException("%s: invalid id %s".formatted(name, id));
    }
    return id.intValue();
  }

  /** The tokens and what is needed to find them. */
  ModelSource model() {
    JsonNode model = root.path("model");
    String type = model.path("type").asText("");
    if (type.isEmpty()) {
      // Old files do not say.
      type = model.has("merges") ? "BPE" : model.path("vocab").isArray() ? "Unigram" : "WordPiece";
    }
    return switch (type) {
      case "BPE" -> bytePairs(model);
      case "Unigram" -> unigrams(model);
      case "WordPiece" ->
          new ModelSource.WordPieces(
              name,
              vocabulary(model),
              model.path("unk_token").asText("[UNK]"),
              model.path("continuing_subword_prefix").asText("##"),
              Math.clamp(model.path("max_input_chars_per_word").asInt(100), 0, MAX_WORD));
      default ->
          throw new FormatException(
              "%s: model '%s'; supported are BPE, Unigram and WordPiece".formatted(name, type));
    };
  }

  private Vocabulary vocabulary(JsonNode model) {
    Map<String, Integer> ids = new HashMap<>();
    model.path("vocab").properties().forEach(e -> ids.put(e.getKey(), id(e.getValue())));
    return Vocabulary.of(name, ids);
  }

  private ModelSource bytePairs(JsonNode model) {
    if (!model.path("continuing_subword_prefix").asText("").isEmpty()
        || model.path("dropout").asDouble(0) != 0) {
      throw new FormatException(
          name + ": byte pairs with dropout or a prefix of continuations are not supported");
    }
    List<Pair> merges = new ArrayList<>();
    // Newer files have a merge as a list of two.
    for (JsonNode merge : model.path("merges")) {
      merges.add(
          merge.isArray()
              ? new Pair(merge.path(0).asText(), merge.path(1).asText())
              : VocabularyFiles.pair(name, merge.asText()));
    }
    return new ModelSource.BytePairs(
        name,
        vocabulary(model),
        merges,
        new BytePairModel.Options(
            text(model, "end_of_word_suffix", ""),
            model.path("unk_token").textValue(),
            model.path("fuse_unk").asBoolean(false),
            model.path("byte_fallback").asBoolean(false),
            model.path("ignore_merges").asBoolean(false)));
  }

  private static String text(JsonNode node, String key, String absent) {
    String value = node.path(key).textValue();
    return value == null ? absent : value;
  }

  private ModelSource unigrams(JsonNode model) {
    if (model.path("byte_fallback").asBoolean(false)) {
      throw new FormatException(name + ": unigrams with byte fallback are not supported");
    }
    JsonNode vocabulary = model.path("vocab");
    List<String> tokens = new ArrayList<>();
    double[] scores = new double[vocabulary.size()];
    for (JsonNode entry : vocabulary) {
      if (!entry.path(0).isTextual() || !entry.path(1).isNumber()) {
        throw new FormatException(
            "%s: expected a token and its score, got %.80s".formatted(name, entry));
      }
      scores[tokens.size()] = entry.path(1).doubleValue();
      tokens.add(entry.path(0).asText());
    }
    byte[] charsmap = charsmap(root.path("normalizer"));
    return new ModelSource.Unigrams(
        name,
        Vocabulary.of(name, tokens),
        tokens,
        scores,
        model.path("unk_id").asInt(-1),
        charsmap == null ? new byte[0] : charsmap);
  }

  private byte @Nullable [] charsmap(JsonNode normalizer) {
    if (normalizer.path("type").asText().equals("Precompiled")) {
      return charsmap(name, normalizer);
    }
    for (JsonNode step : normalizer.path("normalizers")) {
      byte[] found = step.path("type").asText().equals("Precompiled") ? charsmap(name, step) : null;
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  static byte[] charsmap(String name, JsonNode normalizer) {
    try {
      return Base64.getDecoder().decode(normalizer.path("precompiled_charsmap").asText(""));
    } catch (IllegalArgumentException e) {
      throw new FormatException(name + ": the compiled map of characters is not base64", e);
    }
  }
}
