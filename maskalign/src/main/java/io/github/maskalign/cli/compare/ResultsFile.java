package io.github.maskalign.cli.compare;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.io.BoundedFiles;
import io.github.maskalign.vit.json.JsonFiles;
import io.github.maskalign.vit.json.JsonKind;
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

  /**
   * The results so far. A line truncated by a crash is ignored.
   *
   * @throws FormatException if a line is not a result
   */
  public List<TrialResult> read() {
    List<TrialResult> results = new ArrayList<>();
    for (String line : whole().lines().toList()) {
      String name = "%s, line %d".formatted(path, results.size() + 1);
      results.add(JsonFiles.parse(name, line, TrialResult.class, JsonKind.RUN));
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
