package io.github.maskalign.vit.protobuf;

import io.github.maskalign.tensor.error.FormatException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A message in protobuf's wire format, read field by field. Lengths are checked against what is
 * there.
 */
public final class MessageReader {

  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int LENGTH = 2;
  private static final int FIXED32 = 5;
  private static final int MAX_VARINT = 10;

  private final String name;
  private final ByteBuffer content;
  private int field;
  private int type;

  /**
   * Creates a reader.
   *
   * @param name of the file, for messages
   */
  public MessageReader(String name, byte[] content) {
    this(name, ByteBuffer.wrap(content));
  }

  private MessageReader(String name, ByteBuffer content) {
    this.name = name;
    this.content = content.order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Goes to the next field; false at the end. */
  public boolean next() {
    if (!content.hasRemaining()) {
      return false;
    }
    long tag = varint();
    field = (int) (tag >>> 3);
    type = (int) tag & 7;
    if (tag >>> 32 != 0 || field == 0) {
      throw damaged();
    }
    return true;
  }

  /** Number of the field. */
  public int field() {
    return field;
  }

  /** The field as an integer. */
  public long integer() {
    require(VARINT);
    return varint();
  }

  /** The field as a float. */
  public float real() {
    require(FIXED32);
    return take(Float.BYTES).getFloat();
  }

  /** The field as bytes. */
  public byte[] bytes() {
    ByteBuffer part = part();
    byte[] bytes = new byte[part.remaining()];
    part.get(bytes);
    return bytes;
  }

  /** The field as a text. */
  public String text() {
    return new String(bytes(), StandardCharsets.UTF_8);
  }

  /** The field as a message. */
  public MessageReader message() {
    return new MessageReader(name, part());
  }

  /** Passes over the field. */
  public void skip() {
    switch (type) {
      case VARINT -> varint();
      case FIXED64 -> take(Long.BYTES);
      case LENGTH -> part();
      case FIXED32 -> take(Integer.BYTES);
      default -> throw damaged();
    }
  }

  private ByteBuffer part() {
    require(LENGTH);
    long length = varint();
    if (length < 0 || length > content.remaining()) {
      throw damaged();
    }
    return take((int) length);
  }

  private ByteBuffer take(int length) {
    if (length > content.remaining()) {
      throw damaged();
    }
    ByteBuffer part = content.slice(content.position(), length).order(ByteOrder.LITTLE_ENDIAN);
    content.position(content.position() + length);
    return part;
  }

  private void require(int expected) {
    if (type != expected) {
      throw damaged();
    }
  }

  private long varint() {
    long value = 0;
    for (int i = 0; i < MAX_VARINT; i++) {
      if (!content.hasRemaining()) {
        break;
      }
      byte next = content.get();
      value |= (next & 0x7fL) << 7 * i;
      if (next >= 0) {
        return value;
      }
    }
    throw damaged();
  }

  private FormatException damaged() {
    return new FormatException(
        "%s: damaged at byte %,d of a message".formatted(name, content.position()));
  }
}
