package io.github.maskalign.vit.weights.file;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.OutOfMemoryException;
import io.github.maskalign.tensor.error.Quantity;
import io.github.maskalign.tensor.io.AbsentContent;
import io.github.maskalign.tensor.io.BoundedFiles;
import io.github.maskalign.tensor.safetensors.SafeTensorsFile;
import io.github.maskalign.vit.weights.pth.PthFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/**
 * Opens weight files, recognized by their content: a safetensors file, a .pth file of torch in
 * either format, the index of a sharded safetensors file, or a folder that contains one of these or
 * that a {@link WeightFolder} knows.
 *
 * @since 0.1.0
 */
public final class WeightFiles {

  private static final int FIRST_BYTES = 9;

  /** Names of weight files in a folder, in order of precedence. */
  private static final List<String> IN_FOLDER =
      List.of(
          "open_clip_model.safetensors",
          "open_clip_pytorch_model.bin",
          "model.safetensors",
          "model.safetensors.index.json",
          "student.safetensors",
          "pytorch_model.bin",
          "pytorch_model.bin.index.json");

  private WeightFiles() {}

  /** Names of the weight files that are looked for in a folder, in order of precedence. */
  public static List<String> names() {
    return IN_FOLDER;
  }

  /**
   * Opens a file or folder.
   *
   * @throws FormatException if its format is unknown, or it is damaged
   * @throws UncheckedIOException if it is missing or cannot be read
   */
  public static WeightFile open(Path path) {
    if (Files.notExists(path)) {
      String reason = explained(path).orElse("no such file or folder");
      throw new UncheckedIOException(
          "cannot read " + path, new NoSuchFileException(path.toString(), null, reason));
    }
    if (!Files.isDirectory(path)) {
      return openFile(path);
    }
    List<String> there = IN_FOLDER.stream().filter(it -> Files.exists(path.resolve(it))).toList();
    if (!there.isEmpty()) {
      return openFile(path.resolve(there.getFirst())).withNotes(passedOver(path, there));
    }
    WeightFolder.Found found =
        kinds()
            .flatMap(kind -> kind.find(path, IN_FOLDER).stream())
            .findFirst()
            .orElseThrow(
                () -> {
                  String files = String.join(", ", IN_FOLDER);
                  String nothing = "no weights in this folder; expected one of " + files;
                  return new FormatException(path + ": " + explained(path).orElse(nothing));
                });
    return openFile(found.file()).ofCheckpoint(found.description());
  }

  /** Those that another library wrote; the same library's are the same network in two formats. */
  private static List<String> passedOver(Path folder, List<String> there) {
    String taken = there.getFirst();
    List<String> others = there.stream().filter(it -> !writer(it).equals(writer(taken))).toList();
    return others.isEmpty()
        ? List.of()
        : List.of(
            "%s: takes %s and passes over %s; name a file instead of the folder to choose"
                .formatted(folder, taken, String.join(" and ", others)));
  }

  private static String writer(String name) {
    return List.of("open_clip", "student").stream().filter(name::startsWith).findFirst().orElse("");
  }

  private static Stream<WeightFolder> kinds() {
    return ServiceLoader.load(WeightFolder.class).stream().map(ServiceLoader.Provider::get);
  }

  private static Optional<String> explained(Path path) {
    return kinds().flatMap(kind -> kind.explain(path).stream()).findFirst();
  }

  private static WeightFile openFile(Path file) {
    byte[] start = start(file);
    boolean json = new String(start, StandardCharsets.ISO_8859_1).stripLeading().startsWith("{");
    try {
      return json ? shards(index(file)) : single(file, start);
    } catch (OutOfMemoryError e) {
      throw OutOfMemoryException.ofJava(file + ": reading its names", e);
    }
  }

  private static ShardIndex index(Path file) {
    try {
      return ShardIndex.read(file);
    } catch (FormatException e) {
      throw explained(file).map(what -> new FormatException(file + ": " + what, e)).orElse(e);
    }
  }

  private static WeightFile single(Path file, byte[] start) {
    if (start.length == FIRST_BYTES && start[FIRST_BYTES - 1] == '{') {
      SafeTensorsFile open = SafeTensorsFile.open(file);
      return new WeightFile(
          "safetensors", List.of(file), open.metadata(), WeightSource.of(open), List.of(open));
    }
    if (PthFile.begins(MemorySegment.ofArray(start))) {
      PthFile open = PthFile.open(file);
      return new WeightFile(
          "torch .pth", List.of(file), Map.of(), WeightSource.of(open), List.of(open));
    }
    throw new FormatException(
        file + ": not a weight file: expected safetensors, .pth/.bin or an index of shards");
  }

  private static WeightFile shards(ShardIndex index) {
    List<WeightFile> open = new ArrayList<>();
    try {
      index.files().forEach(shard -> open.add(single(shard, start(shard))));
      WeightSource joined = new ShardedWeights(index, open);
      return new WeightFile(
          "%s in %s".formatted(open.getFirst().format(), Quantity.of(open.size(), "shard")),
          index.files(),
          open.getFirst().metadata(),
          joined,
          List.copyOf(open));
    } catch (RuntimeException | Error e) {
      closeAll(open);
      throw e;
    }
  }

  private static byte[] start(Path file) {
    try {
      BoundedFiles.requireRegular(file);
      try (InputStream in = Files.newInputStream(file)) {
        byte[] start = in.readNBytes(AbsentContent.START);
        AbsentContent.refuse(file, start);
        return Arrays.copyOf(start, Math.min(start.length, FIRST_BYTES));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  static void closeAll(List<? extends AutoCloseable> open) {
    for (AutoCloseable each : open) {
      try {
        each.close();
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
