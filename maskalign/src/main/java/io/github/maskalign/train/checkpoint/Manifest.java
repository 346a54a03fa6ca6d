package io.github.maskalign.train.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.Printable;
import io.github.maskalign.tensor.io.BoundedFiles;
import io.github.maskalign.tensor.io.Sha256;
import io.github.maskalign.vit.json.JsonFiles;
import io.github.maskalign.vit.json.JsonKind;
import io.github.maskalign.vit.json.JsonWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The files of a checkpoint, stored in its file {@code DONE}, which is written last.
 *
 * @param step of the checkpoint; null in checkpoints of earlier versions
 * @param files by name
 */
record Manifest(@Nullable Long step, Map<String, Content> files) {

  static final String FILE = "DONE";

  /**
   * The content of a file.
   *
   * @param bytes its size
   * @param sha256 digest of its content; null in checkpoints of earlier versions
   */
  record Content(long bytes, @Nullable String sha256) {

    static Content of(Path file) throws IOException {
      return new Content(Files.size(file), new Sha256().add(file).hex());
    }
  }

  /** As stored. */
  record Stored(int format, long step, Map<String, Content> files) {
    Stored {
      if (format != FORMAT) {
        throw new ArgumentException(
            "its format is %d, this version reads %d".formatted(format, FORMAT));
      }
      if (files == null || files.values().stream().anyMatch(c -> c == null || c.sha256 == null)) {
        throw new ArgumentException("a file has no size and sha256");
      }
    }
  }

  /** As stored by versions without digests. */
  record Sizes(Map<String, Long> files) {
    Sizes {
      if (files == null || files.containsValue(null)) {
        throw new ArgumentException("a file has no size");
      }
    }
  }

  private static final int FORMAT = 2;

  /** Whether the checkpoint has checksums, and its files name their step. */
  boolean isSealed() {
    return step != null;
  }

  byte[] bytes() {
    return JsonWriter.bytes(new Stored(FORMAT, step == null ? 0 : step, files));
  }

  /**
   * Reads the manifest of a checkpoint.
   *
   * @throws FormatException if it is damaged
   */
  static Manifest read(Path folder) {
    Path file = folder.resolve(FILE);
    JsonNode json = JsonFiles.object(file, JsonKind.RUN);
    if (json.has("format")) {
      Stored stored = JsonFiles.convert(file.toString(), json, Stored.class);
      return new Manifest(stored.step, Collections.unmodifiableMap(stored.files));
    }
    Map<String, Content> files = new LinkedHashMap<>();
    JsonFiles.convert(file.toString(), json, Sizes.class)
        .files
        .forEach((name, bytes) -> files.put(name, new Content(bytes, null)));
    return new Manifest(null, Collections.unmodifiableMap(files));
  }

  /**
   * Checks that the files of a folder are those of this list.
   *
   * @param content whether to compare the digests, which reads all files
   * @throws FormatException naming what differs
   */
  void requireFiles(Path folder, boolean content) throws IOException {
    TreeSet<String> unlisted = new TreeSet<>();
    try (Stream<Path> present = Files.list(folder)) {
      present.map(path -> path.getFileName().toString()).forEach(unlisted::add);
    }
    unlisted.removeAll(files.keySet());
    unlisted.removeIf(name -> name.startsWith(".") || name.equals(FILE));
    if (files.isEmpty() || !unlisted.isEmpty()) {
      throw new FormatException(
          folder.resolve(FILE)
              + " does not list "
              + (unlisted.isEmpty() ? "any file" : Printable.line(unlisted.first())));
    }
    for (Map.Entry<String, Content> entry : files.entrySet()) {
      if (!isPlainName(entry.getKey())) {
        throw new FormatException(
            folder.resolve(FILE)
                + " lists "
                + Printable.line(entry.getKey())
                + ", not a file name");
      }
      require(folder.resolve(entry.getKey()), entry.getValue(), content);
    }
  }

  /** Whether a name is that of a visible file, without a folder. */
  static boolean isPlainName(String name) {
    return name.matches("[^./\\\\\\x00-\\x1f][^/\\\\\\x00-\\x1f]*");
  }

  private static void require(Path file, Content expected, boolean content) throws IOException {
    if (!Files.exists(file)) {
      throw new FormatException(file + " is missing");
    }
    BoundedFiles.requireRegular(file);
    long size = Files.size(file);
    if (size != expected.bytes) {
      throw new FormatException(
          "%s has %,d bytes, expected %,d".formatted(file, size, expected.bytes));
    }
    if (content && expected.sha256 != null && !Content.of(file).sha256.equals(expected.sha256)) {
      throw new FormatException(file + " has changed: its SHA-256 is not that in " + FILE);
    }
  }
}
