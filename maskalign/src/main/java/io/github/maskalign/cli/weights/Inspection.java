package io.github.maskalign.cli.weights;

import io.github.maskalign.TeacherId;
import io.github.maskalign.tensor.error.Printable;
import io.github.maskalign.tensor.error.Quantity;
import io.github.maskalign.tensor.error.TensorException;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.weights.NetworkFile;
import io.github.maskalign.vit.weights.family.NameTable;
import io.github.maskalign.vit.weights.file.WeightFile;
import io.github.maskalign.vit.weights.file.WeightFiles;
import io.github.maskalign.vit.weights.file.WeightSource;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Description of a weight file.
 *
 * @param files with the tensors
 * @param format of the files
 * @param sha256 digest of the concatenated files
 * @param metadata of the files
 * @param parameters total number of elements
 * @param tensors in the files
 * @param network that was recognized; null if none was
 * @param notRecognized why none was recognized; null if one was
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
   * @param names naming scheme of the tensors
   * @param prefix of the names
   * @param shapeFrom source of the configuration
   * @param notes what was passed over, a line each
   */
  record Network(
      String names, String prefix, String shapeFrom, ViTConfig config, List<String> notes) {}

  static Inspection of(Path path, String prefix) {
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
        network = network(path, prefix);
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

  private static Network network(Path path, String prefix) {
    try (NetworkFile file = NetworkFile.open(path, prefix)) {
      NameTable names = file.names();
      return new Network(
          names.title(), file.prefix(), file.origin().description(), file.config(), file.notes());
    }
  }

  /** The description as text. */
  List<String> lines(boolean withTensors) {
    List<String> lines = new ArrayList<>();
    files.forEach(file -> lines.add("file          " + Printable.line(file)));
    lines.add("format        " + format);
    lines.add("sha256        " + sha256);
    lines.add("tensors       %d, %s".formatted(tensors.size(), Quantity.of(parameters, "element")));
    metadata.forEach(
        (key, text) -> {
          // Shown as the network below.
          if (network == null || !key.equals("vit")) {
            lines.add("metadata      " + Printable.line(key + ": " + text));
          }
        });
    Optional.ofNullable(network)
        .ifPresentOrElse(
            found -> {
              lines.add("names         " + found.names());
              if (!found.prefix().isEmpty()) {
                lines.add("prefix        " + Printable.line(found.prefix()));
              }
              lines.add("network       " + NetworkDescription.of(found.config()));
              lines.add("              from " + found.shapeFrom());
              found.notes().forEach(note -> lines.add("note          " + Printable.line(note)));
            },
            () -> lines.add("network       not recognized: " + notRecognized));
    if (withTensors) {
      List<String> names = tensors.stream().map(item -> Printable.line(item.name())).toList();
      int longest = names.stream().mapToInt(String::length).max().orElse(0);
      for (int i = 0; i < names.size(); i++) {
        Item item = tensors.get(i);
        String name = names.get(i) + " ".repeat(longest - names.get(i).length());
        lines.add("  %s  %-4s  %s".formatted(name, item.dtype(), item.shape()));
      }
    }
    return lines;
  }
}
