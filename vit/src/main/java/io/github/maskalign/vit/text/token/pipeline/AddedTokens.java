package io.github.maskalign.vit.text.token.pipeline;

import io.github.maskalign.vit.text.token.model.Trie;
import io.github.maskalign.vit.text.token.model.Vocabulary;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Cuts added tokens out of a text: at each place the longest one. */
public final class AddedTokens {

  /**
   * A part of a text.
   *
   * @param token the added token that it is; null for text
   */
  public record Part(String text, @Nullable AddedToken token) {}

  private final List<AddedToken> tokens;
  private final Map<Integer, AddedToken> byId = new HashMap<>();
  private final Map<Integer, String> written = new HashMap<>();
  private final Trie raw = new Trie();
  private final Trie normalized = new Trie();

  /**
   * Creates the set.
   *
   * @param name of the file, for messages
   * @param normalizer of texts, also applied to tokens that are found in normalized text
   */
  public AddedTokens(String name, List<AddedToken> tokens, Normalizer normalizer) {
    this.tokens = List.copyOf(tokens);
    for (int i = 0; i < tokens.size(); i++) {
      AddedToken token = tokens.get(i);
      String content = token.normalized() ? normalizer.apply(token.content()) : token.content();
      if (!content.isEmpty()) {
        (token.normalized() ? normalized : raw).add(name, content, i);
      }
      byId.put(token.id(), token);
      written.put(token.id(), content);
    }
  }

  /** The token with an id; null if it is not an added one. */
  public @Nullable AddedToken get(int id) {
    return byId.get(id);
  }

  /** How a token is written in texts: normalized if it is found in normalized text. */
  public @Nullable String written(int id) {
    return written.get(id);
  }

  /** One more than the highest id of these and of a vocabulary's tokens. */
  public int sizeWith(Vocabulary vocabulary) {
    int size = vocabulary.size();
    for (AddedToken token : tokens) {
      size = Math.max(size, token.id() + 1);
    }
    return size;
  }

  /** Cuts tokens out of a text, normalizes the rest, and cuts the others out of that. */
  public List<Part> cut(String text, Normalizer normalizer) {
    List<Part> parts = new ArrayList<>();
    for (Part part : cut(text, raw)) {
      if (part.token != null) {
        parts.add(part);
      } else {
        parts.addAll(cut(normalizer.apply(part.text), normalized));
      }
    }
    return parts;
  }

  private List<Part> cut(String text, Trie trie) {
    List<Part> parts = new ArrayList<>();
    int done = 0;
    int at = 0;
    while (at < text.length()) {
      int length = trie.longest(text, at);
      if (length == 0) {
        at += Character.charCount(text.codePointAt(at));
        continue;
      }
      AddedToken token = tokens.get(valueOf(trie, text, at, length));
      int end = at + length;
      if (!token.singleWord() || standsAlone(text, at, end)) {
        int from = token.stripLeft() ? Math.max(done, spaceBefore(text, at)) : at;
        int to = token.stripRight() ? spaceAfter(text, end) : end;
        if (done < from) {
          parts.add(new Part(text.substring(done, from), null));
        }
        parts.add(new Part(text.substring(Math.min(from, to), to), token));
        done = to;
      }
      at = end;
    }
    if (done < text.length()) {
      parts.add(new Part(text.substring(done), null));
    }
    return parts;
  }

  private static int valueOf(Trie trie, String text, int from, int length) {
    int node = trie.root();
    for (int i = from; i < from + length; i++) {
      node = trie.step(node, text.charAt(i));
    }
    return trie.value(node);
  }

  private static boolean standsAlone(String text, int from, int to) {
    return (from == 0 || !Characters.isWord(text.codePointBefore(from)))
        && (to == text.length() || !Characters.isWord(text.codePointAt(to)));
  }

  private static int spaceBefore(String text, int at) {
    int from = at;
    while (from > 0 && Characters.isSpace(text.charAt(from - 1))) {
      from--;
    }
    return from;
  }

  private static int spaceAfter(String text, int at) {
    int to = at;
    while (to < text.length() && Characters.isSpace(text.charAt(to))) {
      to++;
    }
    return to;
  }
}
