package io.github.maskalign.vit.text.token.file;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.text.token.model.BytePairModel;
import io.github.maskalign.vit.text.token.model.BytePairModel.Pair;
import io.github.maskalign.vit.text.token.model.SentencePieces;
import io.github.maskalign.vit.text.token.model.SentencePieces.Piece;
import io.github.maskalign.vit.text.token.model.SentencePieces.Type;
import io.github.maskalign.vit.text.token.model.Vocabulary;
import io.github.maskalign.vit.text.token.pipeline.AddedToken;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What transformers makes of a SentencePiece model for classes that do not use SentencePiece. */
final class PieceVocabulary {

  private static final BytePairModel.Options NO_OPTIONS =
      new BytePairModel.Options("", null, false, false, false);

  private PieceVocabulary() {}

  /** The pieces, then the sentinels in reverse. */
  static ModelSource t5(SentencePieces pieces, List<AddedToken> sentinels) {
    List<Piece> all = new ArrayList<>(pieces.pieces());
    sentinels.reversed().forEach(token -> all.add(new Piece(token.content(), 0, Type.CONTROL)));
    return unigrams(pieces, all);
  }

  /** {@code <s> <pad> </s> <unk>}, then the pieces but the first three, then {@code <mask>}. */
  static ModelSource xlmRoberta(SentencePieces pieces) {
    List<Piece> all = new ArrayList<>();
    for (String special : List.of("<s>", "<pad>", "</s>", "<unk>")) {
      all.add(new Piece(special, 0, Type.CONTROL));
    }
    List<Piece> given = pieces.pieces();
    all.addAll(given.subList(Math.min(3, given.size()), given.size()));
    all.add(new Piece("<mask>", 0, Type.CONTROL));
    return unigrams(pieces, all);
  }

  private static ModelSource unigrams(SentencePieces file, List<Piece> pieces) {
    if (file.kind() != SentencePieces.Kind.UNIGRAM) {
      throw new FormatException(
          file.name() + ": pieces are chosen by merging; expected a model of unigrams");
    }
    List<String> tokens = pieces.stream().map(Piece::text).toList();
    return new ModelSource.Unigrams(
        file.name(),
        Vocabulary.of(file.name(), tokens),
        tokens,
        pieces.stream().mapToDouble(Piece::score).toArray(),
        file.unknown(),
        file.normalization().charsmap());
  }

  /**
   * A merge for each way to split a piece into two others. Merges into pieces of lower ids come
   * first, then those with shorter left parts.
   */
  static ModelSource bytePairs(SentencePieces pieces) {
    Vocabulary vocabulary = pieces.vocabulary();
    record Merge(int id, int left, Pair pair) {}
    List<Merge> merges = new ArrayList<>();
    for (Piece piece : pieces.pieces()) {
      String text = piece.text();
      Integer id = vocabulary.id(text);
      for (int at = 1; id != null && at < text.length(); at++) {
        if (Character.isLowSurrogate(text.charAt(at))) {
          continue;
        }
        String left = text.substring(0, at);
        String right = text.substring(at);
        if (vocabulary.id(left) != null && vocabulary.id(right) != null) {
          merges.add(new Merge(id, at, new Pair(left, right)));
        }
      }
    }
    merges.sort(Comparator.comparingInt(Merge::id).thenComparingInt(Merge::left));
    return new ModelSource.BytePairs(
        pieces.name(), vocabulary, merges.stream().map(Merge::pair).toList(), NO_OPTIONS);
  }

  /** Pieces that are cut out of texts: special if they are never found otherwise. */
  static List<AddedToken> added(SentencePieces pieces) {
    return pieces.pieces().stream()
        .filter(piece -> piece.type() == Type.CONTROL || piece.type() == Type.USER_DEFINED)
        .map(
            piece -> {
              boolean special = piece.type() == Type.CONTROL;
              return new AddedToken(piece.text(), 0, special, false, false, false, false);
            })
        .toList();
  }
}
