package io.github.maskalign.vit.text;

import io.github.maskalign.tensor.error.FormatException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * CLIP's tokens and merges.
 *
 * @since 0.1.0
 */
public final class Vocabulary {

  /** The token at the start of every text. */
  public static final String START = "<|startoftext|>";

  /** The token at the end of every text. */
  public static final String END = "<|endoftext|>";

  /**
   * A merge.
   *
   * @param rank merges of lower rank come first
   * @param token id of the merged token
   */
  record Merge(int rank, int token) {}

  private final Map<String, Integer> ids;
  private final Map<Long, Merge> merges;
  private final int[] inside;
  private final int[] last;

  private Vocabulary(Map<String, Integer> ids, Map<Long, Merge> merges, int[] inside, int[] last) {
    this.ids = ids;
    this.merges = merges;
    this.inside = inside;
    this.last = last;
  }

  /**
   * Creates a vocabulary from token ids and merges in order of rank.
   *
   * @param name for messages
   * @param pairs two tokens separated by a space
   * @throws FormatException if a token is missing: start, end, a byte, or one required by a merge
   */
  public static Vocabulary of(String name, Map<String, Integer> ids, List<String> pairs) {
    require(name, ids, START);
    require(name, ids, END);
    List<String> symbols = ByteSymbols.byValue();
    int[] inside = symbols.stream().mapToInt(byteOf -> require(name, ids, byteOf)).toArray();
    int[] last =
        symbols.stream()
            .mapToInt(byteOf -> require(name, ids, byteOf + ByteSymbols.WORD_END))
            .toArray();
    Map<Long, Merge> merges = new HashMap<>();
    for (String pair : pairs) {
      String[] parts = pair.split(" ", -1);
      if (parts.length != 2) {
        throw new FormatException(
            "%s: expected two tokens separated by a space, got '%s'".formatted(name, pair));
      }
      int left = require(name, ids, parts[0]);
      int right = require(name, ids, parts[1]);
      int token = require(name, ids, parts[0] + parts[1]);
      merges.putIfAbsent(key(left, right), new Merge(merges.size(), token));
    }
    return new Vocabulary(Map.copyOf(ids), merges, inside, last);
  }

  private static int require(String name, Map<String, Integer> ids, String token) {
    Integer id = ids.get(token);
    if (id == null) {
      throw new FormatException(
          "%s: missing token '%s', which CLIP's vocabulary requires".formatted(name, token));
    }
    return id;
  }

  /** The id of every token. */
  public Map<String, Integer> ids() {
    return ids;
  }

  /** The id of {@link #START}. */
  public int start() {
    return ids.get(START);
  }

  /** The id of {@link #END}. */
  public int end() {
    return ids.get(END);
  }

  /** The token of a single byte. */
  int token(byte value, boolean endsWord) {
    return (endsWord ? last : inside)[Byte.toUnsignedInt(value)];
  }

  /** The merge of two tokens; null if they do not merge. */
  @Nullable Merge merge(int left, int right) {
    return merges.get(key(left, right));
  }

  private static long key(int left, int right) {
    return (long) left << Integer.SIZE | right;
  }
}
