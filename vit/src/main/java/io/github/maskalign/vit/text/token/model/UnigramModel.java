package io.github.maskalign.vit.text.token.model;

import io.github.maskalign.tensor.error.FormatException;
import java.util.List;

/**
 * The segmentation of highest probability under a unigram language model (Kudo, arXiv 1804.10959),
 * found by Viterbi. Of equal ones the one whose last token starts first. An unknown character costs
 * 10 more than the rarest token; a run of them is one unknown token.
 */
public final class UnigramModel implements SubwordModel {

  private static final double UNKNOWN_PENALTY = 10;

  /** Whose rounding of scores is followed. */
  public enum Arithmetic {
    /** Hugging Face's tokenizers: sums in double. */
    TOKENIZERS {
      @Override
      double stored(double score) {
        return score;
      }
    },
    /** SentencePiece: sums are rounded to float where they are kept. */
    SENTENCE_PIECE {
      @Override
      double stored(double score) {
        return (float) score;
      }
    };

    abstract double stored(double score);
  }

  private final Vocabulary vocabulary;
  private final Trie trie;
  private final double[] scores;
  private final int unknown;
  private final double unknownScore;
  private final Arithmetic arithmetic;

  private UnigramModel(
      Vocabulary vocabulary,
      Trie trie,
      double[] scores,
      int unknown,
      double unknownScore,
      Arithmetic arithmetic) {
    this.vocabulary = vocabulary;
    this.trie = trie;
    this.scores = scores;
    this.unknown = unknown;
    this.unknownScore = unknownScore;
    this.arithmetic = arithmetic;
  }

  /**
   * All tokens of {@code tokenizer.json}, special ones included.
   *
   * @param name for messages
   * @param vocabulary of the tokens
   * @param tokens by id
   * @param scores logarithms of probabilities, by id
   * @param unknown id of the unknown token
   * @throws FormatException if a token is too long
   */
  public static UnigramModel of(
      String name, Vocabulary vocabulary, List<String> tokens, double[] scores, int unknown) {
    Trie trie = new Trie();
    double min = Double.POSITIVE_INFINITY;
    for (int id = 0; id < scores.length; id++) {
      min = Math.min(min, scores[id]);
      if (!tokens.get(id).isEmpty()) {
        trie.add(name, tokens.get(id), id);
      }
    }
    return new UnigramModel(
        vocabulary, trie, scores, unknown, min - UNKNOWN_PENALTY, Arithmetic.TOKENIZERS);
  }

  /**
   * The pieces of a SentencePiece model: normal ones, and those defined by its user, which are
   * always preferred.
   *
   * @throws FormatException if a piece is too long
   */
  public static UnigramModel of(SentencePieces pieces) {
    Trie trie = new Trie();
    double[] scores = new double[pieces.pieces().size()];
    float min = Float.MAX_VALUE;
    // The library starts from its smallest positive float.
    float max = Float.MIN_NORMAL;
    for (SentencePieces.Piece piece : pieces.pieces()) {
      if (piece.type() == SentencePieces.Type.NORMAL) {
        min = Math.min(min, piece.score());
        max = Math.max(max, piece.score());
      }
    }
    for (int id = 0; id < scores.length; id++) {
      SentencePieces.Piece piece = pieces.pieces().get(id);
      if (piece.text().isEmpty()) {
        continue;
      }
      if (piece.type() == SentencePieces.Type.NORMAL) {
        scores[id] = piece.score();
        trie.add(pieces.name(), piece.text(), id);
      } else if (piece.type() == SentencePieces.Type.USER_DEFINED) {
        scores[id] = (float) ((double) (SentencePieces.utf8Length(piece.text()) * max) - 0.1);
        trie.add(pieces.name(), piece.text(), id);
      }
    }
    return new UnigramModel(
        pieces.vocabulary(),
        trie,
        scores,
        pieces.unknown(),
        min - (float) UNKNOWN_PENALTY,
        Arithmetic.SENTENCE_PIECE);
  }

  @Override
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  @Override
  public void encode(String piece, IntList ids) {
    int length = piece.length();
    double[] best = new double[length + 1];
    int[] start = new int[length + 1];
    int[] token = new int[length + 1];
    for (int from = 0; from < length; ) {
      int width = Character.charCount(piece.codePointAt(from));
      boolean single = false;
      int node = trie.root();
      for (int at = from; at < length; at++) {
        node = trie.step(node, piece.charAt(at));
        if (node < 0) {
          break;
        }
        int id = trie.value(node);
        if (id >= 0) {
          offer(best, start, token, from, at + 1, id, arithmetic.stored(scores[id] + best[from]));
          single |= at + 1 - from == width;
        }
      }
      if (!single) {
        double sum = arithmetic.stored(unknownScore + best[from]);
        offer(best, start, token, from, from + width, unknown, sum);
      }
      from += width;
    }
    emit(start, token, ids);
  }

  /** The starts are kept plus one, so that 0 means that nothing ends there yet. */
  private void offer(
      double[] best, int[] start, int[] token, int from, int to, int id, double sum) {
    if (start[to] == 0 || sum > best[to]) {
      best[to] = sum;
      start[to] = from + 1;
      token[to] = id;
    }
  }

  private void emit(int[] start, int[] token, IntList ids) {
    int[] path = new int[start.length];
    int count = 0;
    for (int end = start.length - 1; end > 0; end = start[end] - 1) {
      boolean fused = token[end] == unknown && count > 0 && path[count - 1] == unknown;
      if (!fused) {
        path[count++] = token[end];
      }
    }
    while (count > 0) {
      ids.add(path[--count]);
    }
  }
}
