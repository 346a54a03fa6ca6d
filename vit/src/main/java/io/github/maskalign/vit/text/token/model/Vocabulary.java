package io.github.maskalign.vit.text.token.model;

import io.github.maskalign.tensor.error.FormatException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Tokens and their ids. */
public final class Vocabulary {

  /** Far above any published vocabulary; SigLIP 2's has 256,000 tokens. */
  private static final int MAX_ID = 4_000_000;

  private final Map<String, Integer> ids;
  private final @Nullable String[] tokens;

  private Vocabulary(Map<String, Integer> ids, @Nullable String[] tokens) {
    this.ids = ids;
    this.tokens = tokens;
  }

  /**
   * Creates a vocabulary.
   *
   * @param name for messages
   * @throws FormatException if it is empty, or an id is negative or above the limit
   */
  public static Vocabulary of(String name, Map<String, Integer> ids) {
    int last = -1;
    for (Map.Entry<String, Integer> token : ids.entrySet()) {
      int id = token.getValue();
      if (id < 0 || id > MAX_ID) {
        throw new FormatException(
            "%s: token '%s' has the id %d; expected 0 to %,d"
                .formatted(name, token.getKey(), id, MAX_ID));
      }
      last = Math.max(last, id);
    }
    if (last < 0) {
      throw new FormatException(name + ": the vocabulary is empty");
    }
    @Nullable String[] tokens = new String[last + 1];
    ids.forEach((token, id) -> tokens[id] = token);
    return new Vocabulary(new HashMap<>(ids), tokens);
  }

  /**
   * Creates a vocabulary from tokens in the order of their ids. Of equal tokens the last one gives
   * the id.
   *
   * @param name for messages
   * @throws FormatException if it is empty
   */
  public static Vocabulary of(String name, List<String> tokens) {
    Map<String, Integer> ids = HashMap.newHashMap(tokens.size());
    for (int id = 0; id < tokens.size(); id++) {
      ids.put(tokens.get(id), id);
    }
    if (ids.isEmpty()) {
      throw new FormatException(name + ": the vocabulary is empty");
    }
    return new Vocabulary(ids, tokens.toArray(String[]::new));
  }

  /** Number of tokens. */
  public int count() {
    return ids.size();
  }

  /** One more than the highest id. */
  public int size() {
    return tokens.length;
  }

  /** The id of a token; null if there is none. */
  public @Nullable Integer id(String token) {
    return ids.get(token);
  }

  /**
   * The id of a token that must be there.
   *
   * @param name of the file, for messages
   * @throws FormatException if there is none
   */
  public int require(String name, String token) {
    Integer id = ids.get(token);
    if (id == null) {
      throw new FormatException("%s: the vocabulary has no token '%s'".formatted(name, token));
    }
    return id;
  }

  /** The token with an id; null if there is none. */
  public @Nullable String token(int id) {
    return id >= 0 && id < tokens.length ? tokens[id] : null;
  }
}
