package io.github.maskalign.train.log;

import io.github.maskalign.vit.protobuf.Message;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Writes numbers by step to a TensorBoard event file: records in TensorFlow's framing (length,
 * masked CRC-32C of the length, data, masked CRC-32C of the data), each a protocol buffer {@code
 * Event}. Each event is written with one system call, so a crash loses none.
 *
 * @since 0.1.0
 */
public final class TensorBoardWriter implements AutoCloseable {

  private static final int WALL_TIME = 1;
  private static final int STEP = 2;
  private static final int FILE_VERSION = 3;
  private static final int SUMMARY = 5;
  private static final int SESSION_LOG = 7;
  private static final int SUMMARY_VALUE = 1;
  private static final int VALUE_TAG = 1;
  private static final int VALUE_SIMPLE = 2;
  private static final int SESSION_STATUS = 1;
  private static final int SESSION_START = 1;

  private static final int CRC_ROTATION = 15;
  private static final int CRC_MASK = 0xa282ead8;

  private final Path path;
  private final FileChannel channel;

  private TensorBoardWriter(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /**
   * Creates a new file next to those of earlier parts of the run. Its session start makes
   * TensorBoard discard their later steps, which will be repeated.
   *
   * @param lastStep the step that the run resumes from, 0 for a new run
   */
  public static TensorBoardWriter create(Path folder, long lastStep) {
    try {
      Files.createDirectories(folder);
      Path path = unused(folder);
      FileChannel channel =
          FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      TensorBoardWriter file = new TensorBoardWriter(path, channel);
      file.write(event(0).add(FILE_VERSION, "brain.Event:2"));
      Message start = new Message().add(SESSION_STATUS, SESSION_START);
      file.write(event(lastStep + 1).add(SESSION_LOG, start));
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write to " + folder, e);
    }
  }

  /** TensorBoard reads files in the order of their names, so the time is first. */
  private static Path unused(Path folder) {
    long seconds = Instant.now().getEpochSecond();
    for (int number = 0; ; number++) {
      Path path =
          folder.resolve("events.out.tfevents.%010d.%04d.maskalign".formatted(seconds, number));
      if (!Files.exists(path)) {
        return path;
      }
    }
  }

  /** Path of the file. */
  public Path path() {
    return path;
  }

  /** Adds the numbers of a step, by their tags. */
  public void write(long step, Map<String, Double> numbers) {
    Message summary = new Message();
    numbers.forEach(
        (tag, number) ->
            summary.add(
                SUMMARY_VALUE,
                new Message().add(VALUE_TAG, tag).add(VALUE_SIMPLE, number.floatValue())));
    try {
      write(event(step).add(SUMMARY, summary));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + path, e);
    }
  }

  private static Message event(long step) {
    Instant now = Instant.now();
    double seconds = now.getEpochSecond() + now.getNano() * 1e-9;
    return new Message().add(WALL_TIME, seconds).add(STEP, step);
  }

  private void write(Message event) throws IOException {
    byte[] data = event.bytes();
    byte[] length = little(Long.BYTES).putLong(data.length).array();
    ByteBuffer record = little(Long.BYTES + data.length + 2 * Integer.BYTES);
    record.put(length).putInt(maskedCrc(length)).put(data).putInt(maskedCrc(data)).flip();
    while (record.hasRemaining()) {
      channel.write(record);
    }
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** TensorFlow's masked CRC, which also works for data that contain CRCs. */
  static int maskedCrc(byte[] data) {
    CRC32C crc = new CRC32C();
    crc.update(data);
    return Integer.rotateRight((int) crc.getValue(), CRC_ROTATION) + CRC_MASK;
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close " + path, e);
    }
  }
}
