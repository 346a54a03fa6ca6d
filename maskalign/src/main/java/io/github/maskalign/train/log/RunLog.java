package io.github.maskalign.train.log;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.io.BoundedFiles;
import io.github.maskalign.vit.json.JsonWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The log of a run: JSON lines, one object a logged step, with the keys {@code step epoch loss lr
 * grad_norm images_per_s} in this order and then any extras. Each line is written with one system
 * call, so readers see complete lines and a crash loses none.
 *
 * <p>JSON has no infinities: a number that is not finite is written as {@code null}.
 *
 * @since 0.1.0
 */
public final class RunLog implements AutoCloseable {

  private static final String STEP = "step";
  private static final List<String> KEYS =
      List.of(STEP, "epoch", "loss", "lr", "grad_norm", "images_per_s");

  private final Path path;
  private final FileChannel channel;

  private RunLog(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  /**
   * Opens a log to append to, or creates one. Entries after {@code lastStep}, whose steps will be
   * repeated, and an incomplete last line are removed.
   *
   * @param lastStep the step that the run resumes from, 0 for a new run
   * @throws FormatException if the file is not such a log
   * @throws UncheckedIOException if it cannot be read or written
   */
  public static RunLog open(Path path, long lastStep) {
    try {
      long keep = Files.exists(path) ? lengthUntil(path, lastStep) : 0;
      FileChannel channel =
          FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      channel.truncate(keep).position(keep);
      return new RunLog(path, channel);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open the log " + path, e);
    }
  }

  /** Length in bytes of the leading complete lines up to a step. */
  private static long lengthUntil(Path path, long lastStep) throws IOException {
    BoundedFiles.requireRegular(path);
    byte[] bytes = Files.readAllBytes(path);
    int start = 0;
    int lines = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        String line = new String(bytes, start, i - start, StandardCharsets.UTF_8);
        if (stepOf(path, ++lines, line) > lastStep) {
          return start;
        }
        start = i + 1;
      }
    }
    return start;
  }

  private static long stepOf(Path path, int number, String line) {
    JsonNode json = LogReader.line(path, number, line);
    JsonNode step = json.path(STEP);
    if (!step.isIntegralNumber()
        || !step.canConvertToLong()
        || !json.fieldNames().next().equals(STEP)) {
      throw new FormatException(
          "%s is not a training log: line %d does not begin with a step".formatted(path, number));
    }
    return step.longValue();
  }

  /** Appends an entry. */
  public void write(LogEntry entry) {
    write(entry, Map.of());
  }

  /**
   * Appends an entry with additional values.
   *
   * @param extras numbers, booleans and strings by key, written in the map's order
   * @throws ArgumentException if an extra has another type, or the key of a fixed field
   */
  public void write(LogEntry entry, Map<String, ?> extras) {
    Map<String, @Nullable Object> line = new LinkedHashMap<>();
    line.put(STEP, entry.step());
    line.put("epoch", entry.epoch());
    line.put("loss", finite(entry.loss()));
    line.put("lr", finite(entry.lr()));
    line.put("grad_norm", finite(entry.gradNorm()));
    line.put("images_per_s", finite(entry.imagesPerSecond()));
    extras.forEach((key, value) -> line.put(key, extra(key, value)));
    ByteBuffer bytes = StandardCharsets.UTF_8.encode(JsonWriter.line(line) + "\n");
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write the log " + path, e);
    }
  }

  private static @Nullable Double finite(double value) {
    return Double.isFinite(value) ? value : null;
  }

  private static @Nullable Object extra(String key, Object value) {
    if (KEYS.contains(key)) {
      throw new ArgumentException("log: extra '" + key + "' has the key of a fixed field");
    }
    return switch (value) {
      // By its decimal digits, so that 0.1f is written as 0.1.
      case Float f -> finite(Double.parseDouble(f.toString()));
      case Double d -> finite(d);
      case Integer _, Long _, Boolean _, String _ -> value;
      default ->
          throw new ArgumentException(
              "log: extra '%s' is a %s; must be a number, boolean or string"
                  .formatted(key, value.getClass().getSimpleName()));
    };
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close the log " + path, e);
    }
  }
}
