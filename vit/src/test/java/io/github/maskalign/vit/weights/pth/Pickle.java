package io.github.maskalign.vit.weights.pth;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes pickles of protocol 2, opcode by opcode. */
final class Pickle {

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  Pickle() {
    raw(0x80, 2);
  }

  Pickle raw(int... opcodes) {
    for (int opcode : opcodes) {
      bytes.write(opcode);
    }
    return this;
  }

  Pickle op(char opcode) {
    return raw(opcode);
  }

  Pickle text(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    op('X').raw32(utf8.length);
    bytes.writeBytes(utf8);
    return this;
  }

  Pickle whole(long value) {
    raw(0x8a, Long.BYTES);
    bytes.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
    return this;
  }

  Pickle global(String module, String name) {
    op('c');
    bytes.writeBytes((module + "\n" + name + "\n").getBytes(StandardCharsets.UTF_8));
    return this;
  }

  Pickle raw32(int value) {
    bytes.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
    return this;
  }

  /** A tuple of integers. */
  Pickle wholes(long... values) {
    op('(');
    for (long value : values) {
      whole(value);
    }
    return op('t');
  }

  /**
   * A tensor as torch writes it; {@code view} is a further element of the storage's id, or null.
   */
  Pickle tensor(String type, String key, long stored, long offset, long[] dims, long[] strides) {
    global("torch._utils", "_rebuild_tensor_v2").op('(').op('(');
    text("storage").global("torch", type).text(key).text("cpu").whole(stored).op('t').op('Q');
    whole(offset).wholes(dims).wholes(strides).raw(0x89);
    return global("collections", "OrderedDict").op(')').op('R').op('t').op('R');
  }

  /** Without the protocol of the other pickle. */
  Pickle append(Pickle other) {
    byte[] content = other.bytes.toByteArray();
    bytes.write(content, 2, content.length - 2);
    return this;
  }

  byte[] stop() {
    op('.');
    return bytes.toByteArray();
  }
}
