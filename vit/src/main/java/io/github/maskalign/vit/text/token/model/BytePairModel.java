package io.github.maskalign.vit.text.token.model;

import io.github.maskalign.tensor.error.FormatException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Byte-pair encoding (Sennrich et al., arXiv 1508.07909): starts from single characters and merges
 * the neighbors of the lowest rank, the leftmost first, until none merge.
 */
public final class BytePairModel implements SubwordModel {

  private static final int NONE = -1;

  /**
   * Two tokens that merge, in order of rank.
   *
   * @param left first token
   * @param right second token
   */
  public record Pair(String left, String right) {}

  /**
   * What varies between files.
   *
   * @param suffix of the last character of a piece; empty for none
   * @param unknown token for a character that has none; null to drop it
   * @param fuseUnknown whether neighboring unknown characters are one token
   * @param byteFallback whether an unknown character becomes its bytes, as {@code <0xE2>}
   * @param ignoreMerges whether a piece that is a token is not split
   */
  public record Options(
      String suffix,
      @Nullable String unknown,
      boolean fuseUnknown,
      boolean byteFallback,
      boolean ignoreMerges) {}

  private final Vocabulary vocabulary;
  private final Options options;
  private final int unknown;
  private final int[] bytes;

  /** From two ids to rank and id of the merged token. */
  private final LongMap merges;

  private BytePairModel(
      Vocabulary vocabulary, Options options, int unknown, int[] bytes, LongMap merges) {
    this.vocabulary = vocabulary;
    this.options = options;
    this.unknown = unknown;
    this.bytes = bytes;
    this.merges = merges;
  }

  /**
   * Creates a model.
   *
   * @param name for messages
   * @param pairs in order of rank
   * @throws FormatException if a token of a merge is missing
   */
  public static BytePairModel of(
      String name, Vocabulary vocabulary, List<Pair> pairs, Options options) {
    LongMap merges = new LongMap(pairs.size());
    for (int rank = 0; rank < pairs.size(); rank++) {
      Pair pair = pairs.get(rank);
      int left = vocabulary.require(name, pair.left);
      int right = vocabulary.require(name, pair.right);
      int token = vocabulary.require(name, pair.left + pair.right);
      merges.putIfAbsent(key(left, right), pack(rank, token));
    }
    int[] bytes = new int[256];
    for (int value = 0; value < bytes.length; value++) {
      Integer id = vocabulary.id("<0x%02X>".formatted(value));
      bytes[value] = id == null ? NONE : id;
    }
    int unknown = options.unknown == null ? NONE : vocabulary.require(name, options.unknown);
    return new BytePairModel(vocabulary, options, unknown, bytes, merges);
  }

  private static long key(int left, int right) {
    return pack(left, right);
  }

  private static long pack(int high, int low) {
    return (long) high << Integer.SIZE | low;
  }

  @Override
  public Vocabulary vocabulary() {
    return vocabulary;
  }

  @Override
  public void encode(String piece, IntList ids) {
    if (piece.isEmpty()) {
      return;
    }
    Integer whole = options.ignoreMerges ? vocabulary.id(piece) : null;
    if (whole != null) {
      ids.add(whole);
      return;
    }
    new PairMerger(characters(piece)).run(merges, ids);
  }

  /** The tokens of the single characters. */
  private int[] characters(String piece) {
    IntList ids = new IntList();
    int pending = 0;
    for (int at = 0; at < piece.length(); ) {
      int next = at + Character.charCount(piece.codePointAt(at));
      String symbol = piece.substring(at, next);
      if (next == piece.length()) {
        symbol += options.suffix;
      }
      Integer id = vocabulary.id(symbol);
      if (id != null) {
        pending = flush(pending, ids);
        ids.add(id);
      } else if (!(options.byteFallback && addBytes(symbol, ids)) && unknown != NONE) {
        pending = options.fuseUnknown ? 1 : flush(pending, ids) + 1;
      }
      at = next;
    }
    flush(pending, ids);
    return ids.toArray();
  }

  private int flush(int pending, IntList ids) {
    if (pending > 0) {
      ids.add(unknown);
    }
    return 0;
  }

  private boolean addBytes(String symbol, IntList ids) {
    byte[] encoded = symbol.getBytes(StandardCharsets.UTF_8);
    for (byte value : encoded) {
      if (bytes[value & 0xff] == NONE) {
        return false;
      }
    }
    for (byte value : encoded) {
      ids.add(bytes[value & 0xff]);
    }
    return true;
  }
}
