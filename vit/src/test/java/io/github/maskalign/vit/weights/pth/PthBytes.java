package io.github.maskalign.vit.weights.pth;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Writes files in both of torch's formats. */
final class PthBytes {

  private PthBytes() {}

  /** The archive of a pickle and its storages. */
  static byte[] zip(byte[] pickle, Map<String, byte[]> storages) {
    return zip(pickle, storages, ZipEntry.STORED);
  }

  static byte[] zip(byte[] pickle, Map<String, byte[]> storages, int method) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      put(zip, "archive/data.pkl", pickle, method);
      put(zip, "archive/byteorder", "little".getBytes(), method);
      for (Map.Entry<String, byte[]> storage : storages.entrySet()) {
        put(zip, "archive/data/" + storage.getKey(), storage.getValue(), method);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static void put(ZipOutputStream zip, String name, byte[] content, int method)
      throws IOException {
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(method);
    if (method == ZipEntry.STORED) {
      CRC32 crc = new CRC32();
      crc.update(content);
      entry.setSize(content.length);
      entry.setCompressedSize(content.length);
      entry.setCrc(crc.getValue());
    }
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }

  /**
   * The legacy format; a storage of {@code key} has {@code bytes}, with {@code width} bytes per
   * element.
   */
  static byte[] legacy(byte[] pickle, String key, byte[] storage, int width) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] magic = {
      (byte) 0x6c, (byte) 0xfc, (byte) 0x9c, 0x46, (byte) 0xf9, 0x20, 0x6a, (byte) 0xa8, 0x50, 0x19
    };
    bytes.writeBytes(new byte[] {(byte) 0x80, 2, (byte) 0x8a, 10});
    bytes.writeBytes(magic);
    bytes.write('.');
    bytes.writeBytes(new Pickle().whole(1001).stop());
    bytes.writeBytes(new Pickle().op('}').text("little_endian").raw(0x88).op('s').stop());
    bytes.writeBytes(pickle);
    bytes.writeBytes(new Pickle().op(']').text(key).op('a').stop());
    bytes.writeBytes(
        ByteBuffer.allocate(8)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(storage.length / width)
            .array());
    bytes.writeBytes(storage);
    return bytes.toByteArray();
  }

  /** Little-endian floats. */
  static byte[] floats(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return bytes.array();
  }
}
