package io.github.maskalign.vit.text.token.model;

import io.github.maskalign.tensor.error.FormatException;
import java.util.Arrays;

/**
 * Finds the words that start at a place in a text. Words have a maximum length, which bounds the
 * work per place.
 */
public final class Trie {

  /** Longest word; published vocabularies stay below 256 characters. */
  public static final int MAX_LENGTH = 1024;

  private static final int NONE = -1;

  /** From a node and a character to the next node. */
  private final LongMap edges = new LongMap(1 << 10);

  private int[] values = {NONE};
  private int nodes = 1;

  /** Creates an empty trie. */
  public Trie() {}

  /**
   * Adds a word of at least one character; the value of the last equal word holds.
   *
   * @param name of the file, for messages
   * @param value at least 0
   * @throws FormatException if the word is too long
   */
  public void add(String name, String word, int value) {
    if (word.length() > MAX_LENGTH) {
      throw new FormatException(
          "%s: a token of %,d characters; the limit is %,d"
              .formatted(name, word.length(), MAX_LENGTH));
    }
    int node = 0;
    for (int i = 0; i < word.length(); i++) {
      long next = edges.putIfAbsent(key(node, word.charAt(i)), nodes);
      if (next == nodes) {
        if (nodes == values.length) {
          values = Arrays.copyOf(values, 2 * nodes);
        }
        values[nodes++] = NONE;
      }
      node = (int) next;
    }
    values[node] = value;
  }

  private static long key(int node, char c) {
    return (long) node << Character.SIZE | c;
  }

  /** The node of the empty word, where a walk starts. */
  public int root() {
    return 0;
  }

  /** The node one character further; negative if no word continues so. */
  public int step(int node, char c) {
    return (int) edges.get(key(node, c));
  }

  /** The value of the word that ends at a node; negative if none does. */
  public int value(int node) {
    return values[node];
  }

  /** Length of the longest word that starts at a place; 0 if none does. */
  public int longest(CharSequence text, int from) {
    int longest = 0;
    int node = root();
    for (int at = from; at < text.length(); at++) {
      node = step(node, text.charAt(at));
      if (node < 0) {
        break;
      }
      if (values[node] >= 0) {
        longest = at + 1 - from;
      }
    }
    return longest;
  }
}
