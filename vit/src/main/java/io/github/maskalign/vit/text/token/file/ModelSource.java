package io.github.maskalign.vit.text.token.file;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.text.token.model.BytePairModel;
import io.github.maskalign.vit.text.token.model.BytePairModel.Pair;
import io.github.maskalign.vit.text.token.model.SubwordModel;
import io.github.maskalign.vit.text.token.model.UnigramModel;
import io.github.maskalign.vit.text.token.model.Vocabulary;
import io.github.maskalign.vit.text.token.model.WordPieceModel;
import java.util.List;

/** The tokens of a file, from which a model is made with options of the file or of a class. */
sealed interface ModelSource {

  /** Name of the file, for messages. */
  String name();

  /** The tokens. */
  Vocabulary vocabulary();

  /** The model as the file describes it. */
  SubwordModel model();

  /**
   * Tokens and merges.
   *
   * @param options of the file
   */
  record BytePairs(
      String name, Vocabulary vocabulary, List<Pair> merges, BytePairModel.Options options)
      implements ModelSource {

    @Override
    public SubwordModel model() {
      return model(options);
    }

    SubwordModel model(BytePairModel.Options chosen) {
      return BytePairModel.of(name, vocabulary, merges, chosen);
    }
  }

  /** Tokens and their scores. */
  record Unigrams(
      String name,
      Vocabulary vocabulary,
      List<String> tokens,
      double[] scores,
      int unknown,
      byte[] charsmap)
      implements ModelSource {

    @Override
    public SubwordModel model() {
      return model(unknown);
    }

    SubwordModel model(int chosen) {
      if (chosen < 0 || chosen >= tokens.size()) {
        throw new FormatException(
            "%s: the unknown token has the id %d, of %d tokens"
                .formatted(name, chosen, tokens.size()));
      }
      return UnigramModel.of(name, vocabulary, tokens, scores, chosen);
    }
  }

  /** Word pieces. */
  record WordPieces(
      String name, Vocabulary vocabulary, String unknown, String prefix, int maxCharacters)
      implements ModelSource {

    @Override
    public SubwordModel model() {
      return model(unknown);
    }

    SubwordModel model(String chosen) {
      return new WordPieceModel(
          vocabulary, vocabulary.require(name, chosen), prefix, maxCharacters);
    }
  }
}
