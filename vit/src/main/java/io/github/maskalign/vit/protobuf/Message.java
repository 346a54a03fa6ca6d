package io.github.maskalign.vit.protobuf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A message in protobuf's wire format, assembled field by field. Large byte fields are kept by
 * reference until the message is written.
 *
 * @see <a href="https://protobuf.dev/programming-guides/encoding/">Protocol buffer encoding</a>
 */
public final class Message {

  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int LENGTH = 2;
  private static final int FIXED32 = 5;
  private static final int CHUNK = 1 << 20;

  private final List<MemorySegment> parts = new ArrayList<>();
  private ByteArrayOutputStream open = new ByteArrayOutputStream();

  /** Creates an empty message. */
  public Message() {}

  /** Adds an integer. */
  public Message add(int field, long value) {
    tag(field, VARINT);
    varint(value);
    return this;
  }

  /** Adds a double. */
  public Message add(int field, double value) {
    tag(field, FIXED64);
    open.writeBytes(little(Double.BYTES).putDouble(value).array());
    return this;
  }

  /** Adds a float. */
  public Message add(int field, float value) {
    tag(field, FIXED32);
    open.writeBytes(little(Float.BYTES).putFloat(value).array());
    return this;
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Adds a string. */
  public Message add(int field, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    tag(field, LENGTH);
    varint(bytes.length);
    open.writeBytes(bytes);
    return this;
  }

  /** Adds a nested message, which must not change afterwards. */
  public Message add(int field, Message inner) {
    tag(field, LENGTH);
    varint(inner.size());
    close();
    inner.close();
    parts.addAll(inner.parts);
    return this;
  }

  /** Adds bytes by reference. */
  public Message add(int field, MemorySegment bytes) {
    tag(field, LENGTH);
    varint(bytes.byteSize());
    close();
    parts.add(bytes);
    return this;
  }

  private void tag(int field, int type) {
    varint((long) field << 3 | type);
  }

  private void varint(long value) {
    long rest = value;
    while ((rest & ~0x7fL) != 0) {
      open.write((int) (rest & 0x7f | 0x80));
      rest >>>= 7;
    }
    open.write((int) rest);
  }

  private void close() {
    if (open.size() > 0) {
      parts.add(MemorySegment.ofArray(open.toByteArray()));
      open = new ByteArrayOutputStream();
    }
  }

  /** Size of the message in bytes. */
  public long size() {
    close();
    return parts.stream().mapToLong(MemorySegment::byteSize).sum();
  }

  /** The encoded message, if it fits an array. */
  public byte[] bytes() {
    close();
    ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(size()));
    parts.forEach(part -> all.put(part.asByteBuffer()));
    return all.array();
  }

  /** Writes the message. */
  public void writeTo(WritableByteChannel channel) throws IOException {
    close();
    for (MemorySegment part : parts) {
      for (long at = 0; at < part.byteSize(); at += CHUNK) {
        ByteBuffer chunk = part.asSlice(at, Math.min(CHUNK, part.byteSize() - at)).asByteBuffer();
        while (chunk.hasRemaining()) {
          channel.write(chunk);
        }
      }
    }
  }
}
