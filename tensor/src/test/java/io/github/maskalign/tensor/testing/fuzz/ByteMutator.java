package io.github.maskalign.tensor.testing.fuzz;

import io.github.maskalign.tensor.random.Philox;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Mutates valid files. The mutation with an index has the same bytes on every machine.
 *
 * @param originals valid files, of at least one byte
 * @param tokens pieces of text that occur in the format, or that are likely to break its reader
 */
public record ByteMutator(List<byte[]> originals, List<String> tokens) {
  private static final int MAX_EDITS = 4;

  /** Half of the edits are in this many first bytes, where formats keep their headers. */
  private static final int HEAD = 64;

  private static final long[] EDGES = {
    0, 1, -1, 255, 256, Short.MAX_VALUE, Integer.MAX_VALUE, Integer.MIN_VALUE, Long.MAX_VALUE
  };

  public ByteMutator {
    originals = List.copyOf(originals);
    tokens = List.copyOf(tokens);
  }

  public static ByteMutator of(byte[] original, String... tokens) {
    return new ByteMutator(List.of(original), List.of(tokens));
  }

  /** The mutation with this index, of one to {@value #MAX_EDITS} edits. */
  public byte[] mutation(long index) {
    Philox draws = Philox.of(7).at(index);
    byte[] bytes = originals.get(draws.below(0, originals.size())).clone();
    int edits = 1 + draws.below(1, MAX_EDITS);
    for (int edit = 0; edit < edits; edit++) {
      bytes = edited(bytes, draws.at(edit));
    }
    return bytes;
  }

  private byte[] edited(byte[] bytes, Philox draws) {
    if (bytes.length == 0) {
      return bytes;
    }
    int range = draws.below(0, 2) == 0 ? Math.min(bytes.length, HEAD) : bytes.length;
    int at = draws.below(1, range);
    int value = draws.below(2, 256);
    switch (draws.below(3, tokens.isEmpty() ? 8 : 11)) {
      case 0, 1 -> bytes[at] = (byte) value;
      case 2 -> bytes[at] ^= (byte) (1 << (value & 7));
      case 3 -> Arrays.fill(bytes, at, Math.min(bytes.length, at + 1 + value % 8), (byte) value);
      case 4 -> putNumber(bytes, at, EDGES[value % EDGES.length], 1 << draws.below(4, 4));
      case 5 -> {
        int length = Math.min(1 + value % 40, bytes.length - at);
        int from = draws.below(4, bytes.length - length + 1);
        System.arraycopy(bytes, from, bytes, at, length);
      }
      case 6 -> {
        return replaced(bytes, at, Math.min(bytes.length, at + 1 + value % 8), new byte[0]);
      }
      case 7 -> {
        return value % 4 == 0 ? Arrays.copyOf(bytes, at) : bytes;
      }
      default -> {
        byte[] token = tokens.get(value % tokens.size()).getBytes(StandardCharsets.UTF_8);
        boolean insert = draws.below(4, 2) == 0;
        return replaced(bytes, at, insert ? at : Math.min(bytes.length, at + token.length), token);
      }
    }
    return bytes;
  }

  /** Writes as many of the bytes of a number as fit, in either byte order. */
  private static void putNumber(byte[] bytes, int at, long number, int size) {
    ByteOrder order = (number & 1) == 0 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    byte[] encoded = ByteBuffer.allocate(Long.BYTES).order(order).putLong(number).array();
    int from = order == ByteOrder.BIG_ENDIAN ? Long.BYTES - size : 0;
    System.arraycopy(encoded, from, bytes, at, Math.min(size, bytes.length - at));
  }

  private static byte[] replaced(byte[] bytes, int from, int to, byte[] middle) {
    byte[] result = new byte[from + middle.length + bytes.length - to];
    System.arraycopy(bytes, 0, result, 0, from);
    System.arraycopy(middle, 0, result, from, middle.length);
    System.arraycopy(bytes, to, result, from + middle.length, bytes.length - to);
    return result;
  }
}
