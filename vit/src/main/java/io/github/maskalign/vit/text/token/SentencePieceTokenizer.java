package io.github.maskalign.vit.text.token;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.text.token.model.IntList;
import io.github.maskalign.vit.text.token.model.SentencePieces;
import io.github.maskalign.vit.text.token.model.UnigramModel;
import io.github.maskalign.vit.text.token.pipeline.AddedToken;
import io.github.maskalign.vit.text.token.pipeline.AddedTokens;
import io.github.maskalign.vit.text.token.pipeline.Characters;
import io.github.maskalign.vit.text.token.pipeline.Charsmap;
import io.github.maskalign.vit.text.token.pipeline.Decoder;
import io.github.maskalign.vit.text.token.pipeline.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * SigLIP's tokenizer: lower case, no punctuation, one space between words, then SentencePiece, and
 * the end token. Each part between special tokens is encoded behind the text of the unknown token,
 * whose pieces are dropped again, as the library does to keep a space in front.
 */
final class SentencePieceTokenizer extends AbstractTokenizer {

  private static final String SPACE = "\u2581";

  /**
   * What varies between files.
   *
   * @param lowerCase whether texts become lower case
   * @param cleanUp whether decoding removes spaces in front of punctuation
   * @param unknown the unknown token
   * @param end the end token
   */
  record Options(boolean lowerCase, boolean cleanUp, AddedToken unknown, AddedToken end) {}

  private final SentencePieces pieces;
  private final UnigramModel model;
  private final @Nullable Charsmap charsmap;
  private final AddedTokens added;
  private final Options options;
  private final int prefixLength;

  SentencePieceTokenizer(
      SentencePieces pieces, AddedTokens added, Options options, TokenizerSettings settings) {
    super(settings);
    if (pieces.kind() != SentencePieces.Kind.UNIGRAM) {
      throw new FormatException(
          pieces.name() + ": pieces are chosen by merging; SigLIP's are chosen by probability");
    }
    if (pieces.pieces().stream().anyMatch(each -> each.type() == SentencePieces.Type.BYTE)) {
      throw new FormatException(
          pieces.name() + ": byte fallback is not supported with pieces chosen by probability");
    }
    if (pieces.normalization().suffixSpaces()) {
      throw new FormatException(pieces.name() + ": pieces that end with a space are not supported");
    }
    byte[] map = pieces.normalization().charsmap();
    this.pieces = pieces;
    this.model = UnigramModel.of(pieces);
    this.charsmap = map.length == 0 ? null : Charsmap.of(pieces.name(), map);
    this.added = added;
    this.options = options;
    this.prefixLength = pieces(options.unknown.content()).length;
  }

  @Override
  int[] content(String text) {
    requireCharacters(text);
    IntList ids = new IntList();
    String spaced = SPACE + text.replace(SPACE, " ");
    boolean spaceBeforeSpecial = false;
    for (AddedTokens.Part part : added.cut(spaced, Normalizer.none())) {
      AddedToken token = part.token();
      if (token != null) {
        spaceBeforeSpecial |= ids.size() == 1;
        ids.add(token.id());
      } else if (!part.text().isEmpty()) {
        int[] all = pieces(options.unknown.content() + canonical(part.text()));
        for (int i = all.length < prefixLength ? 0 : prefixLength; i < all.length; i++) {
          ids.add(all[i]);
        }
      }
    }
    int[] found = ids.toArray();
    boolean onlySpace = spaceBeforeSpecial && SPACE.equals(token(found[0]));
    return onlySpace ? Arrays.copyOfRange(found, 1, found.length) : found;
  }

  private String canonical(String text) {
    String lower = options.lowerCase ? Characters.pythonLowerCase(text) : text;
    return Characters.pythonWords(Characters.withoutPunctuation(lower));
  }

  /** SentencePiece's own encoding. */
  private int[] pieces(String text) {
    SentencePieces.Normalization rules = pieces.normalization();
    String normalized = charsmap == null ? text : charsmap.longest(text);
    if (rules.removeExtraSpaces()) {
      normalized = Characters.strip(Characters.collapse(normalized, c -> c == ' '), c -> c == ' ');
    }
    if (rules.dummyPrefix() && !normalized.isEmpty()) {
      normalized = " " + normalized;
    }
    String escaped = rules.escapeSpaces() ? normalized.replace(" ", SPACE) : normalized;
    if (rules.removeExtraSpaces()) {
      // Those that were in the text, too.
      escaped = Characters.stripEnd(escaped, c -> c == SPACE.charAt(0));
    }
    IntList ids = new IntList();
    model.encode(escaped, ids);
    return ids.toArray();
  }

  @Override
  int[] finish(int[] content) {
    int end = options.end.id();
    if (content.length > 0 && content[content.length - 1] == end) {
      return content;
    }
    int[] ids = Arrays.copyOf(content, content.length + 1);
    ids[content.length] = end;
    return ids;
  }

  @Override
  int overhead() {
    return 1;
  }

  @Override
  public String decode(int[] ids, boolean skipSpecial) {
    StringBuilder text = new StringBuilder();
    List<String> run = new ArrayList<>();
    boolean afterSpecial = false;
    for (int id : ids) {
      String token = requireToken(id);
      AddedToken special = added.get(id);
      if (special == null || !special.special()) {
        run.add(token);
        afterSpecial = false;
      } else if (!skipSpecial) {
        text.append(afterSpecial ? "" : " ").append(joined(run)).append(token);
        run.clear();
        afterSpecial = true;
      }
    }
    text.append(joined(run));
    String result = Characters.strip(text.toString(), Characters::isPythonSpace);
    return options.cleanUp ? Decoder.cleanUp(result) : result;
  }

  /** The text of pieces, without the spaces in front. */
  private String joined(List<String> run) {
    SentencePieces.Normalization rules = pieces.normalization();
    StringBuilder text = new StringBuilder();
    boolean consumed = false;
    for (String piece : run) {
      String rest = piece;
      boolean first = text.isEmpty() && !consumed;
      if (first && (rules.dummyPrefix() || rules.removeExtraSpaces()) && piece.startsWith(SPACE)) {
        rest = piece.substring(SPACE.length());
        consumed = !rules.removeExtraSpaces();
      }
      text.append(rest.replace(SPACE, " "));
    }
    return text.toString();
  }

  @Override
  public @Nullable String token(int id) {
    AddedToken token = added.get(id);
    return token != null ? token.content() : pieces.vocabulary().token(id);
  }

  @Override
  public int size() {
    return added.sizeWith(pieces.vocabulary());
  }
}
