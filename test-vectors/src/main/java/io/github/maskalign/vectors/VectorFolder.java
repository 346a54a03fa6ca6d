package io.github.maskalign.vectors;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.json.JsonFiles;
import io.github.maskalign.vit.json.JsonKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A folder of reference data and its cases. */
final class VectorFolder {

  /**
   * A case by its name and the path of its manifest.
   *
   * @param name such as {@code ops/softmax}
   * @param manifest a JSON file, which need not exist
   */
  record Entry(String name, Path manifest) {}

  private static final String INDEX = "index.json";
  private static final String SUFFIX = ".json";

  private VectorFolder() {}

  /**
   * The cases that {@code index.json} lists; without one, every JSON file below the folder.
   *
   * @throws FormatException if the index is invalid, or there are no cases
   */
  static List<Entry> entries(Path root) {
    try {
      if (!Files.isDirectory(root)) {
        throw new NoSuchFileException(root.toString());
      }
      Path index = root.resolve(INDEX);
      List<Entry> entries = Files.exists(index) ? listed(root, index) : found(root);
      if (entries.isEmpty()) {
        throw new FormatException(root + ": contains no cases, neither in an index nor as files");
      }
      return entries;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Entry> listed(Path root, Path index) {
    JsonNode json = JsonFiles.value(index, JsonKind.CONFIGURATION);
    List<Entry> entries = new ArrayList<>();
    for (JsonNode listed : json.path("cases")) {
      String manifest = listed.path("manifest").asText();
      String name = listed.path("name").asText(manifest);
      entries.add(new Entry(name, root.resolve(manifest.isEmpty() ? name + SUFFIX : manifest)));
    }
    return entries;
  }

  private static List<Entry> found(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(file -> file.toString().endsWith(SUFFIX) && Files.isRegularFile(file))
          .sorted()
          .map(file -> new Entry(name(root.relativize(file)), file))
          .toList();
    }
  }

  private static String name(Path relative) {
    String path = relative.toString().replace('\\', '/');
    return path.substring(0, path.length() - SUFFIX.length());
  }
}
