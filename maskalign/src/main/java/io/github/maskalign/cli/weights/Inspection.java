package io.github.maskalign.cli.weights;

import io.github.maskalign.TeacherId;
import io.github.maskalign.tensor.error.TensorException;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.weights.NetworkFile;
import io.github.maskalign.vit.weights.file.WeightFile;
import io.github.maskalign.vit.weights.file.WeightFiles;
import io.github.maskalign.vit.weights.file.WeightSource;
import io.github.maskalign.vit.weights.names.NameMaps;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a weight file holds.
 *
 * @param files that hold the tensors
 * @param format what kind they are
 * @param sha256 digest of the files, one after the other
 * @param metadata notes of the writer
 * @param parameters numbers in all tensors
 * @param tensors each
 * @param network what was recognized; null if nothing was
 * @param notRecognized why nothing was; null if something was
 */
record Inspection(
    List<String> files,
    String format,
    String sha256,
    Map<String, String> metadata,
    long parameters,
    List<Item> tensors,
    @Nullable Network network,
    @Nullable String notRecognized) {

  /** A tensor. */
  record Item(String name, String dtype, List<Integer> shape, long elements) {}

  /**
   * A network.
   *
   * @param names of the tensors, whose they are
   * @param prefix of the names
   * @param shapeFrom where the shape was found
   */
  record Network(String names, String prefix, String shapeFrom, ViTConfig config) {}

  static Inspection of(Path path, String below) {
    try (WeightFile file = WeightFiles.open(path)) {
      List<Item> items = new ArrayList<>();
      long parameters = 0;
      for (String name : file.names()) {
        Item item = item(file, name);
        items.add(item);
        parameters += item.elements();
      }
      Network network = null;
      String problem = null;
      try {
        network = network(path, below);
      } catch (TensorException e) {
        problem = e.getMessage();
      }
      return new Inspection(
          file.files().stream().map(Path::toString).toList(),
          file.format(),
          TeacherId.of("", file.files(), "").sha256(),
          new TreeMap<>(file.metadata()),
          parameters,
          items,
          network,
          problem);
    }
  }

  private static Item item(WeightSource file, String name) {
    int[] dims = file.shape(name).dims();
    return new Item(
        name,
        file.dtype(name).name(),
        Arrays.stream(dims).boxed().toList(),
        file.shape(name).size());
  }

  private static Network network(Path path, String below) {
    try (NetworkFile file = NetworkFile.open(path, below)) {
      NameMaps names = file.names();
      return new Network(names.title(), file.prefix(), file.told().description(), file.config());
    }
  }

  /** For people; all tensors or none. */
  List<String> lines(boolean withTensors) {
    List<String> lines = new ArrayList<>();
    files.forEach(file -> lines.add("file          " + file));
    lines.add("format        " + format);
    lines.add("sha256        " + sha256);
    lines.add("tensors       %d, %,d numbers".formatted(tensors.size(), parameters));
    metadata.forEach(
        (key, text) -> {
          // The network's own note is told in words below.
          if (network == null || !key.equals("vit")) {
            lines.add("note          %s: %s".formatted(key, text));
          }
        });
    Optional.ofNullable(network)
        .ifPresentOrElse(
            found -> {
              lines.add("names         " + found.names());
              if (!found.prefix().isEmpty()) {
                lines.add("prefix        " + found.prefix());
              }
              lines.add("network       " + NetworkDescription.of(found.config()));
              lines.add("              told by " + found.shapeFrom());
            },
            () -> lines.add("network       not recognized: " + notRecognized));
    if (withTensors) {
      int longest = tensors.stream().mapToInt(item -> item.name().length()).max().orElse(0);
      for (Item item : tensors) {
        String name = item.name() + " ".repeat(longest - item.name().length());
        lines.add("  %s  %-4s  %s".formatted(name, item.dtype(), item.shape()));
      }
    }
    return lines;
  }
}
