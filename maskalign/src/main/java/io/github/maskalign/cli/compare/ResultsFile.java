package io.github.maskalign.cli.compare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
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
import java.util.ArrayList;
import java.util.List;

/**
 * The results of finished trials, one JSON line per trial, so that an interrupted comparison
 * continues with the trial that was running.
 *
 * @param path of the file, which need not exist
 * @since 0.1.0
 */
public record ResultsFile(Path path) {

  private static final int MAX_BYTES = 64 << 20;

  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(
              DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
              DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .build();

  /**
   * The results so far. A line truncated by a crash is ignored.
   *
   * @throws FormatException if a line is not a result
   */
  public List<TrialResult> read() {
    List<TrialResult> results = new ArrayList<>();
    for (String line : whole().lines().toList()) {
      try {
        results.add(JSON.readValue(line, TrialResult.class));
      } catch (JsonProcessingException e) {
        throw new FormatException(
            "%s, line %d: not a result of a trial: %s"
                .formatted(path, results.size() + 1, e.getOriginalMessage()),
            e);
      }
    }
    return results;
  }

  /** Adds a result and flushes it to disk. */
  public void append(TrialResult result) {
    int kept = whole().getBytes(StandardCharsets.UTF_8).length;
    try (FileChannel file =
        FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      file.truncate(kept).position(kept);
      ByteBuffer line = StandardCharsets.UTF_8.encode(JsonWriter.line(result) + "\n");
      while (line.hasRemaining()) {
        file.write(line);
      }
      file.force(true);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + path, e);
    }
  }

  /** The file up to its last line's end. */
  private String whole() {
    try {
      String text =
          Files.exists(path)
              ? new String(BoundedFiles.read(path, MAX_BYTES, "results"), StandardCharsets.UTF_8)
              : "";
      return text.substring(0, text.lastIndexOf('\n') + 1);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + path, e);
    }
  }
}
