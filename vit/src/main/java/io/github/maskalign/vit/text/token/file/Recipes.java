package io.github.maskalign.vit.text.token.file;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.text.token.model.BytePairModel;
import io.github.maskalign.vit.text.token.model.ByteSymbols;
import io.github.maskalign.vit.text.token.model.SubwordModel;
import io.github.maskalign.vit.text.token.pipeline.AddedToken;
import io.github.maskalign.vit.text.token.pipeline.AddedTokens;
import io.github.maskalign.vit.text.token.pipeline.BertNormalizer;
import io.github.maskalign.vit.text.token.pipeline.Characters;
import io.github.maskalign.vit.text.token.pipeline.Charsmap;
import io.github.maskalign.vit.text.token.pipeline.Decoder;
import io.github.maskalign.vit.text.token.pipeline.Normalizer;
import io.github.maskalign.vit.text.token.pipeline.Pipeline;
import io.github.maskalign.vit.text.token.pipeline.PreTokenizer;
import io.github.maskalign.vit.text.token.pipeline.PreTokenizer.Prepend;
import java.text.Normalizer.Form;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Builds the steps of a class from the files of a folder. */
final class Recipes {

  private static final String SPACE = "\u2581";

  private final TokenizerClass kind;
  private final TokenizerConfig config;
  private final ModelSource source;
  private final @Nullable TokenizerJson json;
  private final List<AddedToken> added;

  Recipes(
      TokenizerClass kind,
      TokenizerConfig config,
      ModelSource source,
      @Nullable TokenizerJson json,
      List<AddedToken> more) {
    this.kind = kind;
    this.config = config;
    this.source = source;
    this.json = json;
    List<AddedToken> listed = json == null ? List.of() : json.added();
    this.added = config.added(source.vocabulary(), listed, kind.specials(), more);
  }

  /** The token of a role; null if neither files nor class have one. */
  @Nullable String special(String role) {
    return config.special(role, kind.specials().get(role));
  }

  /** The id of the token of a role; null if it has none. */
  @Nullable Integer specialId(String role) {
    String content = special(role);
    if (content == null) {
      return null;
    }
    for (AddedToken token : added) {
      if (token.content().equals(content)) {
        return token.id();
      }
    }
    return source.vocabulary().id(content);
  }

  private int requireId(String role) {
    Integer id = specialId(role);
    if (id == null) {
      throw new FormatException(
          "%s: %s has no %s, which its class requires"
              .formatted(source.name(), kind.title(), role));
    }
    return id;
  }

  List<AddedToken> added() {
    return added;
  }

  Pipeline pipeline() {
    return switch (kind) {
      case CLIP -> clip();
      case SIGLIP2 -> gemma(true);
      case GEMMA -> gemma(false);
      case BERT -> bert();
      case ROBERTA -> roberta();
      case XLM_ROBERTA -> unigrams(config.flag("add_prefix_space", true), 3);
      case T5 -> unigrams(true, 2);
      case FILE -> file();
      case SIGLIP ->
          throw new FormatException(
              source.name() + ": SigLIP's tokenizer requires spiece.model beside it");
    };
  }

  private Pipeline of(
      Normalizer normalizer,
      PreTokenizer preTokenizer,
      SubwordModel model,
      Components.Around around,
      Decoder decoder,
      UnaryOperator<String> finish) {
    IntStream.concat(IntStream.of(around.before()), IntStream.of(around.after()))
        .forEach(this::requireToken);
    boolean wordPieces = !(model instanceof BytePairModel);
    boolean cleansUp = wordPieces && config.flag("clean_up_tokenization_spaces", false);
    return new Pipeline(
        new AddedTokens(source.name(), added, normalizer),
        normalizer,
        preTokenizer,
        model,
        around.before(),
        around.after(),
        decoder,
        cleansUp ? text -> Decoder.cleanUp(finish.apply(text)) : finish);
  }

  private void requireToken(int id) {
    if (source.vocabulary().token(id) == null && added.stream().noneMatch(t -> t.id() == id)) {
      throw new FormatException(
          "%s: texts get the token %d, which is not in the vocabulary"
              .formatted(source.name(), id));
    }
  }

  private Components.Around around(@Nullable String before, @Nullable String after) {
    return new Components.Around(
        before == null ? new int[0] : new int[] {requireId(before)},
        after == null ? new int[0] : new int[] {requireId(after)});
  }

  private BytePairModel bytePairs(BytePairModel.Options options) {
    if (source instanceof ModelSource.BytePairs pairs) {
      return (BytePairModel) pairs.model(options);
    }
    throw wrong("byte pairs");
  }

  private FormatException wrong(String what) {
    return new FormatException(
        "%s: no %s, which %s requires".formatted(source.name(), what, kind.title()));
  }

  private Pipeline clip() {
    return of(
        Normalizer.sequence(
            List.of(
                Normalizer.unicode(Form.NFC), Normalizer.collapseSpace(), Normalizer.lowerCase())),
        PreTokenizer.sequence(
            List.of(PreTokenizer.clip(true), PreTokenizer.byteLevel(false, true))),
        bytePairs(
            new BytePairModel.Options(
                ByteSymbols.WORD_END, special("unk_token"), false, false, false)),
        around("bos_token", "eos_token"),
        Decoder.byteLevel(),
        text ->
            Characters.strip(text.replace(ByteSymbols.WORD_END, " "), Characters::isPythonSpace));
  }

  private Pipeline gemma(boolean lowerCase) {
    Normalizer spaces = Normalizer.replace(" ", SPACE);
    Normalizer normalizer =
        lowerCase ? Normalizer.sequence(List.of(Normalizer.lowerCase(), spaces)) : spaces;
    Components.Around around =
        json == null
                || json.part("post_processor").isMissingNode()
                || json.part("post_processor").isNull()
            ? around(
                config.flag("add_bos_token", false) ? "bos_token" : null,
                config.flag("add_eos_token", false) ? "eos_token" : null)
            : new Components(json.name()).around(json.part("post_processor"));
    return of(
        normalizer,
        PreTokenizer.after(" "),
        bytePairs(new BytePairModel.Options("", special("unk_token"), true, true, false)),
        around,
        Decoder.sequence(
            List.of(Decoder.replace(SPACE, " "), Decoder.byteFallback(), Decoder.fuse())),
        UnaryOperator.identity());
  }

  private Pipeline bert() {
    if (!(source instanceof ModelSource.WordPieces words)) {
      throw wrong("word pieces");
    }
    boolean lowerCase = config.flag("do_lower_case", true);
    String unknown = special("unk_token");
    ModelSource.WordPieces ours =
        new ModelSource.WordPieces(words.name(), words.vocabulary(), "[UNK]", "##", 100);
    return of(
        new BertNormalizer(
            true,
            config.flag("tokenize_chinese_chars", true),
            config.flag("strip_accents", lowerCase),
            lowerCase),
        PreTokenizer.bert(),
        ours.model(unknown == null ? "[UNK]" : unknown),
        around("cls_token", "sep_token"),
        Decoder.wordPiece("##", true),
        UnaryOperator.identity());
  }

  private Pipeline roberta() {
    return of(
        Normalizer.none(),
        PreTokenizer.byteLevel(config.flag("add_prefix_space", false), true),
        bytePairs(new BytePairModel.Options("", null, false, false, false)),
        around("cls_token", "sep_token"),
        Decoder.byteLevel(),
        UnaryOperator.identity());
  }

  private Pipeline unigrams(boolean prefixSpace, int unknown) {
    if (!(source instanceof ModelSource.Unigrams pieces)) {
      throw wrong("unigrams");
    }
    Prepend prepend = prefixSpace ? Prepend.ALWAYS : Prepend.NEVER;
    byte[] map = pieces.charsmap();
    return of(
        map.length == 0 ? Normalizer.none() : Charsmap.of(pieces.name(), map)::graphemes,
        PreTokenizer.sequence(
            List.of(PreTokenizer.atSpace(), PreTokenizer.metaspace(SPACE, prepend, true))),
        pieces.model(unknown),
        around(kind == TokenizerClass.XLM_ROBERTA ? "bos_token" : null, "eos_token"),
        Decoder.metaspace(SPACE, prepend),
        UnaryOperator.identity());
  }

  private Pipeline file() {
    if (json == null) {
      throw new FormatException(
          source.name() + ": its class is unknown, and there is no tokenizer.json beside it");
    }
    Components steps = new Components(json.name());
    return of(
        steps.normalizer(json.part("normalizer")),
        steps.preTokenizer(json.part("pre_tokenizer")),
        source.model(),
        steps.around(json.part("post_processor")),
        steps.decoder(json.part("decoder")),
        UnaryOperator.identity());
  }
}
