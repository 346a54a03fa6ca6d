package io.github.maskalign.vit.text.token;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.text.token.TokenizerSettings.Side;
import io.github.maskalign.vit.text.token.file.TokenizerClass;
import io.github.maskalign.vit.text.token.file.TokenizerConfig;
import io.github.maskalign.vit.text.token.file.TokenizerFolder;
import io.github.maskalign.vit.text.token.model.BytePairModel;
import io.github.maskalign.vit.text.token.model.SentencePieces;
import io.github.maskalign.vit.text.token.pipeline.AddedToken;
import io.github.maskalign.vit.text.token.pipeline.AddedTokens;
import io.github.maskalign.vit.text.token.pipeline.Normalizer;
import io.github.maskalign.vit.text.token.pipeline.Pipeline;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Reads tokenizers from the files of published networks.
 *
 * @since 0.1.0
 */
public final class Tokenizers {

  private Tokenizers() {}

  /**
   * The tokenizer that transformers takes for a folder: CLIP, SigLIP, SigLIP 2, BERT, RoBERTa,
   * XLM-R, T5, Gemma, or what {@code tokenizer.json} describes.
   *
   * @throws FormatException if there is none, or it is damaged, or has a part that is not supported
   */
  public static Tokenizer transformers(Path folder) {
    return transformers(TokenizerFolder.read(folder));
  }

  private static AbstractTokenizer transformers(TokenizerFolder files) {
    if (files.kind() == TokenizerClass.SIGLIP) {
      return siglip(files);
    }
    Pipeline pipeline = files.pipeline();
    Integer end = files.specialId(endRole(files));
    int[] after = pipeline.after();
    if (end == null && after.length > 0) {
      end = after[after.length - 1];
    }
    return new PipelineTokenizer(pipeline, settings(files, files.specialId("pad_token"), end));
  }

  /**
   * The tokenizer that OpenCLIP takes for a folder.
   *
   * @throws FormatException if there is none, or it is damaged, or has a part that is not supported
   */
  public static Tokenizer openClip(Path folder, OpenClipOptions options) {
    if (options.huggingFace()) {
      TokenizerFolder files = TokenizerFolder.read(folder);
      AbstractTokenizer tokenizer = transformers(files);
      if (options.clips()) {
        return ClipsTokenizer.of(tokenizer, options, files);
      }
      Integer separator = options.stripSeparator() ? files.specialId("sep_token") : null;
      return new CleanedTokenizer(
          tokenizer, options.cleaning(), options.context(), optional(separator));
    }
    TokenizerFolder files = TokenizerFolder.clip(folder);
    Pipeline pipeline = files.pipeline();
    int start = pipeline.before()[0];
    int end = pipeline.after()[0];
    return new OpenClipTokenizer(
        (BytePairModel) pipeline.model(),
        start,
        end,
        options,
        new TokenizerSettings(
            OptionalInt.of(0),
            OptionalInt.of(end),
            Side.RIGHT,
            Side.RIGHT,
            options.context(),
            false));
  }

  private static String endRole(TokenizerFolder files) {
    return files.kind() == TokenizerClass.BERT ? "sep_token" : "eos_token";
  }

  private static AbstractTokenizer siglip(TokenizerFolder files) {
    SentencePieces pieces = files.pieces();
    List<AddedToken> added = files.added(pieces.vocabulary());
    AddedToken end = require(pieces, files, added, "eos_token");
    AddedToken padding = require(pieces, files, added, "pad_token");
    SentencePieceTokenizer.Options options =
        new SentencePieceTokenizer.Options(
            files.config().flag("do_lower_case", true),
            files.config().flag("clean_up_tokenization_spaces", false),
            require(pieces, files, added, "unk_token"),
            end);
    return new SentencePieceTokenizer(
        pieces,
        new AddedTokens(pieces.name(), added, Normalizer.none()),
        options,
        settings(files, padding.id(), end.id()));
  }

  private static AddedToken require(
      SentencePieces pieces, TokenizerFolder files, List<AddedToken> added, String role) {
    String content = files.special(role);
    return added.stream()
        .filter(token -> token.content().equals(content))
        .findFirst()
        .orElseThrow(() -> new FormatException(pieces.name() + ": there is no " + role));
  }

  private static TokenizerSettings settings(
      TokenizerFolder files, @Nullable Integer padding, @Nullable Integer end) {
    TokenizerConfig config = files.config();
    boolean gemma = files.kind() == TokenizerClass.GEMMA || files.kind() == TokenizerClass.SIGLIP2;
    int usual = files.kind() == TokenizerClass.SIGLIP ? 64 : Integer.MAX_VALUE;
    return new TokenizerSettings(
        optional(padding),
        optional(end),
        side(config, "padding_side", files.left("padding"), gemma ? Side.LEFT : Side.RIGHT),
        side(config, "truncation_side", files.left("truncation"), Side.RIGHT),
        config.number("model_max_length", usual),
        config.lists("model_input_names", "attention_mask", true));
  }

  private static OptionalInt optional(@Nullable Integer id) {
    return id == null ? OptionalInt.empty() : OptionalInt.of(id);
  }

  private static Side side(
      TokenizerConfig config, String key, @Nullable Boolean left, Side absent) {
    String named = config.text(key);
    if (named == null) {
      return left == null ? absent : left ? Side.LEFT : Side.RIGHT;
    }
    return switch (named) {
      case "left" -> Side.LEFT;
      case "right" -> Side.RIGHT;
      default ->
          throw new FormatException(
              "%s: %s is '%s'; expected left or right".formatted(config.name(), key, named));
    };
  }
}
