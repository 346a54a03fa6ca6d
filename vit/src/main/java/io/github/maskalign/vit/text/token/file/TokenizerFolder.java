package io.github.maskalign.vit.text.token.file;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.json.JsonFiles;
import io.github.maskalign.vit.json.JsonKind;
import io.github.maskalign.vit.text.token.model.SentencePieces;
import io.github.maskalign.vit.text.token.model.Vocabulary;
import io.github.maskalign.vit.text.token.pipeline.AddedToken;
import io.github.maskalign.vit.text.token.pipeline.Pipeline;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The files of a tokenizer in a folder. */
public final class TokenizerFolder {

  private static final String JSON = "tokenizer.json";
  private static final List<String> LISTS =
      List.of("bpe_simple_vocab_16e6.txt.gz", "bpe_simple_vocab_16e6.txt");
  private static final int MAX_SENTINELS = 10_000;
  private static final List<String> PIECES =
      List.of("spiece.model", "sentencepiece.bpe.model", "tokenizer.model");

  private final Path folder;
  private final TokenizerConfig config;
  private final TokenizerClass kind;
  private final @Nullable TokenizerJson json;
  private @Nullable Recipes recipes;

  private TokenizerFolder(
      Path folder, TokenizerConfig config, TokenizerClass kind, @Nullable TokenizerJson json) {
    this.folder = folder;
    this.config = config;
    this.kind = kind;
    this.json = json;
  }

  /**
   * Reads a folder. The class is the one of {@code tokenizer_config.json}, else that of the model
   * type of {@code config.json}, else the one that the names of the files suggest.
   *
   * @throws FormatException if a file is damaged, or there is no tokenizer
   */
  public static TokenizerFolder read(Path folder) {
    TokenizerConfig config = TokenizerConfig.read(folder);
    TokenizerClass kind = TokenizerClass.of(config.className(), modelType(folder));
    Path file = folder.resolve(JSON);
    boolean hasPieces = find(folder, PIECES).isPresent();
    boolean needsJson = Files.exists(file) && !(kind == TokenizerClass.SIGLIP && hasPieces);
    TokenizerJson json = needsJson ? TokenizerJson.read(file) : null;
    return new TokenizerFolder(folder, config, kind == null ? guess(folder) : kind, json);
  }

  /**
   * Reads CLIP's vocabulary in a folder, whatever class its configuration names.
   *
   * @throws FormatException if a file is damaged, or there is none
   */
  public static TokenizerFolder clip(Path folder) {
    Path file = folder.resolve(JSON);
    TokenizerJson json = Files.exists(file) ? TokenizerJson.read(file) : null;
    return new TokenizerFolder(folder, TokenizerConfig.read(folder), TokenizerClass.CLIP, json);
  }

  private static String modelType(Path folder) {
    Path file = folder.resolve("config.json");
    if (!Files.exists(file)) {
      return "";
    }
    JsonNode config = JsonFiles.object(file, JsonKind.CONFIGURATION);
    return config.path("model_type").asText("");
  }

  private static TokenizerClass guess(Path folder) {
    if (Files.exists(folder.resolve(JSON))) {
      return TokenizerClass.FILE;
    }
    if (Files.exists(folder.resolve("vocab.txt"))) {
      return TokenizerClass.BERT;
    }
    return Files.exists(folder.resolve("sentencepiece.bpe.model"))
        ? TokenizerClass.XLM_ROBERTA
        : Files.exists(folder.resolve("spiece.model"))
            ? TokenizerClass.SIGLIP
            : TokenizerClass.CLIP;
  }

  private static Optional<Path> find(Path folder, List<String> names) {
    return names.stream().map(folder::resolve).filter(Files::exists).findFirst();
  }

  /** The class. */
  public TokenizerClass kind() {
    return kind;
  }

  /** What the configuration says. */
  public TokenizerConfig config() {
    return config;
  }

  /** Whether the padding or truncation of {@code tokenizer.json} is on the left; null if unsaid. */
  public @Nullable Boolean left(String part) {
    String side = json == null ? null : json.part(part).path("direction").textValue();
    return side == null ? null : side.equalsIgnoreCase("left");
  }

  /**
   * The SentencePiece model.
   *
   * @throws FormatException if there is none
   */
  public SentencePieces pieces() {
    return SentencePieceFile.read(
        find(folder, PIECES)
            .orElseThrow(
                () -> {
                  boolean gemma = kind == TokenizerClass.GEMMA || kind == TokenizerClass.SIGLIP2;
                  return missing(gemma ? JSON + " or tokenizer.model" : PIECES.getFirst());
                }));
  }

  /** The added tokens beside a vocabulary. */
  public List<AddedToken> added(Vocabulary vocabulary) {
    return config.added(vocabulary, List.of(), kind.specials(), List.of());
  }

  /** The token of a role; null if there is none. */
  public @Nullable String special(String role) {
    return config.special(role, kind.specials().get(role));
  }

  /** The id of the token of a role in {@link #pipeline}; null if there is none. */
  public @Nullable Integer specialId(String role) {
    return recipes().specialId(role);
  }

  /**
   * The steps of the tokenizer.
   *
   * @throws FormatException if a file is missing or damaged, or a step is not supported
   */
  public Pipeline pipeline() {
    return recipes().pipeline();
  }

  private Recipes recipes() {
    if (recipes == null) {
      recipes = recipes(json);
    }
    return recipes;
  }

  private Recipes recipes(@Nullable TokenizerJson given) {
    if (given != null) {
      return new Recipes(kind, config, given.model(), given, sentinels());
    }
    return switch (kind) {
      case BERT -> of(VocabularyFiles.words(require("vocab.txt")), List.of());
      case XLM_ROBERTA, T5, GEMMA, SIGLIP2 -> ofPieces(pieces());
      default -> of(bytePairs(), List.of());
    };
  }

  private Recipes ofPieces(SentencePieces pieces) {
    List<AddedToken> more = new ArrayList<>(PieceVocabulary.added(pieces));
    more.addAll(sentinels());
    return of(
        switch (kind) {
          case XLM_ROBERTA -> PieceVocabulary.xlmRoberta(pieces);
          case T5 -> PieceVocabulary.t5(pieces, sentinels());
          default -> PieceVocabulary.bytePairs(pieces);
        },
        more);
  }

  private Recipes of(ModelSource source, List<AddedToken> more) {
    return new Recipes(kind, config, source, null, more);
  }

  /** T5's tokens for masked spans, 100 unless the file says otherwise. */
  private List<AddedToken> sentinels() {
    int count =
        kind == TokenizerClass.T5 ? Math.min(config.number("extra_ids", 100), MAX_SENTINELS) : 0;
    return IntStream.range(0, count)
        .mapToObj(i -> TokenizerConfig.plain("<extra_id_" + i + ">"))
        .toList();
  }

  private ModelSource bytePairs() {
    Path tokens = folder.resolve("vocab.json");
    Path merges = folder.resolve("merges.txt");
    if (Files.exists(tokens) && Files.exists(merges)) {
      return VocabularyFiles.bytePairs(tokens, merges);
    }
    return find(folder, LISTS)
        .map(VocabularyFiles::list)
        .orElseThrow(
            () -> missing(JSON + ", or vocab.json and merges.txt, or " + LISTS.getFirst()));
  }

  private Path require(String file) {
    Path path = folder.resolve(file);
    if (!Files.exists(path)) {
      throw missing(JSON + " or " + file);
    }
    return path;
  }

  private FormatException missing(String files) {
    return new FormatException(
        "%s: missing vocabulary; put %s beside the weights".formatted(folder, files));
  }
}
