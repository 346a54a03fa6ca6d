package io.github.maskalign.vit.weights.pth;

import io.github.maskalign.tensor.error.FormatException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A forward reader of the bytes of a pickle. Checks every length before allocating memory. */
final class PickleInput {

  private static final ValueLayout.OfShort U16 = little(ValueLayout.JAVA_SHORT_UNALIGNED);
  private static final ValueLayout.OfInt I32 = little(ValueLayout.JAVA_INT_UNALIGNED);
  private static final ValueLayout.OfLong I64 = little(ValueLayout.JAVA_LONG_UNALIGNED);

  /** Maximum length of the name of a module or class. */
  private static final int MAX_LINE = 1024;

  private final String description;
  private final MemorySegment bytes;
  private long at;

  /**
   * Reads a pickle.
   *
   * @param description for messages
   * @param from offset of the pickle
   */
  PickleInput(String description, MemorySegment bytes, long from) {
    this.description = description;
    this.bytes = bytes;
    this.at = from;
  }

  @SuppressWarnings("unchecked")
  private static <L extends ValueLayout> L little(L layout) {
    return (L) layout.withOrder(ByteOrder.LITTLE_ENDIAN);
  }

  long position() {
    return at;
  }

  int u8() {
    return bytes.get(ValueLayout.JAVA_BYTE, take(1)) & 0xff;
  }

  int u16() {
    return bytes.get(U16, take(2)) & 0xffff;
  }

  int i32() {
    return bytes.get(I32, take(4));
  }

  long u32() {
    return i32() & 0xffffffffL;
  }

  long i64() {
    return bytes.get(I64, take(8));
  }

  double bigEndianDouble() {
    return Double.longBitsToDouble(Long.reverseBytes(i64()));
  }

  void skip(long count) {
    take(count);
  }

  byte[] array(long length) {
    long from = take(length);
    if (length > Integer.MAX_VALUE - 8) {
      throw fault("has a string of " + length + " bytes");
    }
    return bytes.asSlice(from, length).toArray(ValueLayout.JAVA_BYTE);
  }

  /** Two's complement, little-endian; no bytes mean 0. */
  BigInteger integer(long length) {
    byte[] digits = array(length);
    if (digits.length == 0) {
      return BigInteger.ZERO;
    }
    for (int i = 0, j = digits.length - 1; i < j; i++, j--) {
      byte swapped = digits[i];
      digits[i] = digits[j];
      digits[j] = swapped;
    }
    return new BigInteger(digits);
  }

  /** Unpaired surrogates are allowed, as in Python's strings. */
  String utf8(long length) {
    byte[] text = array(length);
    StringBuilder result = new StringBuilder();
    int from = 0;
    for (int i = 0; i + 2 < text.length; i++) {
      if (isSurrogate(text, i)) {
        result.append(decode(Arrays.copyOfRange(text, from, i), StandardCharsets.UTF_8));
        result.append((char) (0xd000 | (text[i + 1] & 0x3f) << 6 | text[i + 2] & 0x3f));
        i += 2;
        from = i + 1;
      }
    }
    String rest = decode(Arrays.copyOfRange(text, from, text.length), StandardCharsets.UTF_8);
    return from == 0 ? rest : result.append(rest).toString();
  }

  /** Whether the three bytes that encode a surrogate begin here. */
  private static boolean isSurrogate(byte[] text, int at) {
    return text[at] == (byte) 0xed
        && (text[at + 1] & 0xe0) == 0xa0
        && (text[at + 2] & 0xc0) == 0x80;
  }

  String latin1(long length) {
    return decode(array(length), StandardCharsets.ISO_8859_1);
  }

  /** The rest of the line, without its end. */
  String line() {
    long start = at;
    while (u8() != '\n') {
      if (at - start > MAX_LINE) {
        throw fault("has a name longer than " + MAX_LINE + " bytes");
      }
    }
    byte[] text = bytes.asSlice(start, at - 1 - start).toArray(ValueLayout.JAVA_BYTE);
    return decode(text, StandardCharsets.UTF_8);
  }

  private String decode(byte[] text, Charset charset) {
    try {
      return charset
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPORT)
          .onUnmappableCharacter(CodingErrorAction.REPORT)
          .decode(ByteBuffer.wrap(text))
          .toString();
    } catch (CharacterCodingException e) {
      throw new FormatException(description + ": the pickle has text that is not UTF-8", e);
    }
  }

  private long take(long count) {
    if (count < 0 || count > bytes.byteSize() - at) {
      throw fault("is truncated: at byte %d, expected %s more".formatted(at, describe(count)));
    }
    long from = at;
    at += count;
    return from;
  }

  private static String describe(long count) {
    return count < 0 ? Long.toUnsignedString(count) : String.valueOf(count);
  }

  FormatException fault(String problem) {
    return new FormatException(description + ": the pickle " + problem);
  }
}
