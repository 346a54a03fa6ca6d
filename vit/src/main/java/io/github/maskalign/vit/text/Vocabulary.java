package io.github.maskalign.vit.text;

import io.github.maskalign.tensor.error.FormatException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * CLIP's tokens and the pairs that are merged to one.
 *
 * @since 0.1.0
 */
public final class Vocabulary {

  /** The token before every text. */
  public static final String START = "<|startoftext|>";

  /** The token behind every text. */
  public static final String END = "<|endoftext|>";

  /**
   * What becomes of a pair.
   *
   * @param rank merges of lower rank come first
   * @param token of the two together
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
   * Of the numbers of tokens and of merges, the first first.
   *
   * @param name for messages
   * @param pairs two tokens with a space between them
   * @throws FormatException if a token is missing: start, end, a byte, or one that a merge needs
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
        throw new FormatException("%s: '%s' is no pair of tokens".formatted(name, pair));
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
          "%s: no token '%s', which CLIP's vocabulary must have".formatted(name, token));
    }
    return id;
  }

  /** The number of every token. */
  public Map<String, Integer> ids() {
    return ids;
  }

  /** The number of {@link #START}. */
  public int start() {
    return ids.get(START);
  }

  /** The number of {@link #END}. */
  public int end() {
    return ids.get(END);
  }

  /** The token of a byte alone. */
  int token(byte value, boolean endsWord) {
    return (endsWord ? last : inside)[Byte.toUnsignedInt(value)];
  }

  /** What two tokens become; null if they stay. */
  @Nullable Merge merge(int left, int right) {
    return merges.get(key(left, right));
  }

  private static long key(int left, int right) {
    return (long) left << Integer.SIZE | right;
  }
}
