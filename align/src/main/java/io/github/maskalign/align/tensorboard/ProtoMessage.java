package io.github.maskalign.align.tensorboard;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** A protocol buffer message, field by field: a key of number and wire type, then the value. */
final class ProtoMessage {

  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int LENGTH = 2;
  private static final int FIXED32 = 5;
  private static final int WIRE_BITS = 3;
  private static final int GROUP_BITS = 7;
  private static final int MORE = 1 << GROUP_BITS;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  ProtoMessage number(int field, long value) {
    key(field, VARINT);
    varint(value);
    return this;
  }

  ProtoMessage real(int field, double value) {
    key(field, FIXED64);
    out.writeBytes(little(Double.BYTES).putDouble(value).array());
    return this;
  }

  ProtoMessage real(int field, float value) {
    key(field, FIXED32);
    out.writeBytes(little(Float.BYTES).putFloat(value).array());
    return this;
  }

  ProtoMessage text(int field, String value) {
    return bytes(field, value.getBytes(StandardCharsets.UTF_8));
  }

  ProtoMessage message(int field, ProtoMessage value) {
    return bytes(field, value.bytes());
  }

  private ProtoMessage bytes(int field, byte[] value) {
    key(field, LENGTH);
    varint(value.length);
    out.writeBytes(value);
    return this;
  }

  byte[] bytes() {
    return out.toByteArray();
  }

  private void key(int field, int wireType) {
    varint((long) field << WIRE_BITS | wireType);
  }

  /** Seven bits a byte, the lowest first; the high bit says that more follow. */
  private void varint(long value) {
    long rest = value;
    while ((rest & -MORE) != 0) {
      out.write((int) (rest & (MORE - 1)) | MORE);
      rest >>>= GROUP_BITS;
    }
    out.write((int) rest);
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
