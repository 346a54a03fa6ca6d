package io.github.maskalign.vit.text.token.model;

import java.util.ArrayList;
import java.util.List;

/**
 * Word pieces, as in BERT (Devlin et al., arXiv 1810.04805): the longest token from the left, then
 * the longest continuation; a word that cannot be completed is unknown as a whole.
 *
 * @param unknown id of the unknown token
 * @param prefix of tokens that continue a word
 * @param maxCharacters longer words are unknown, which bounds the work
 */
public record WordPieceModel(Vocabulary vocabulary, int unknown, String prefix, int maxCharacters)
    implements SubwordModel {

  @Override
  public void encode(String piece, IntList ids) {
    if (piece.codePointCount(0, piece.length()) > maxCharacters) {
      ids.add(unknown);
      return;
    }
    List<Integer> found = new ArrayList<>();
    int from = 0;
    while (from < piece.length()) {
      int end = piece.length();
      Integer id = null;
      while (end > from) {
        String part = piece.substring(from, end);
        id = vocabulary.id(from == 0 ? part : prefix + part);
        if (id != null) {
          break;
        }
        end = piece.offsetByCodePoints(end, -1);
      }
      if (id == null) {
        ids.add(unknown);
        return;
      }
      found.add(id);
      from = end;
    }
    found.forEach(ids::add);
  }
}
