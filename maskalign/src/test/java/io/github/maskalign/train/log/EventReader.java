package io.github.maskalign.train.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;

/** Reads event files as TensorBoard does, by the published formats. */
public final class EventReader {

  private EventReader() {}

  /** An event; missing fields are 0, empty or absent. */
  public record Event(
      double wallTime, long step, String version, int session, Map<String, Float> values) {}

  /** All events of a file. */
  public static List<Event> read(Path file) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    List<Event> events = new ArrayList<>();
    while (in.hasRemaining()) {
      byte[] length = new byte[8];
      in.get(length);
      assertEquals(masked(length), in.getInt(), "checksum of the length");
      byte[] data = new byte[(int) ByteBuffer.wrap(length).order(in.order()).getLong()];
      in.get(data);
      assertEquals(masked(data), in.getInt(), "checksum of the data");
      events.add(event(ByteBuffer.wrap(data).order(in.order())));
    }
    return events;
  }

  private static int masked(byte[] data) {
    CRC32C crc = new CRC32C();
    crc.update(data, 0, data.length);
    long value = crc.getValue();
    return (int) (((value >>> 15 | value << 17) & 0xFFFFFFFFL) + 0xa282ead8L);
  }

  private static Event event(ByteBuffer in) {
    double time = 0;
    long step = 0;
    String version = "";
    int session = 0;
    Map<String, Float> values = new LinkedHashMap<>();
    while (in.hasRemaining()) {
      switch (in.get()) {
        case 1 << 3 | 1 -> time = in.getDouble();
        case 2 << 3 -> step = varint(in);
        case 3 << 3 | 2 -> version = text(part(in));
        case 5 << 3 | 2 -> summary(part(in), values);
        case 7 << 3 | 2 -> {
          ByteBuffer log = part(in);
          assertEquals(1 << 3, log.get());
          session = (int) varint(log);
        }
        default -> throw new AssertionError("unknown field of an event");
      }
    }
    return new Event(time, step, version, session, values);
  }

  private static void summary(ByteBuffer in, Map<String, Float> values) {
    while (in.hasRemaining()) {
      assertEquals(1 << 3 | 2, in.get());
      ByteBuffer value = part(in);
      assertEquals(1 << 3 | 2, value.get());
      String tag = text(part(value));
      assertEquals(2 << 3 | 5, value.get());
      values.put(tag, value.getFloat());
    }
  }

  private static ByteBuffer part(ByteBuffer in) {
    int length = (int) varint(in);
    ByteBuffer part = in.slice(in.position(), length).order(in.order());
    in.position(in.position() + length);
    return part;
  }

  private static String text(ByteBuffer in) {
    return StandardCharsets.UTF_8.decode(in).toString();
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = in.get();
      value |= (next & 0x7FL) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }
}
