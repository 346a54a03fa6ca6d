package io.github.maskalign.cli.report;

import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.safetensors.SafeTensorsFile;
import io.github.maskalign.train.log.MixKeys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The recorded states of the mixing matrix W: entries by key, with the step. */
final class MixHistory {

  private static final Pattern CHECKPOINT = Pattern.compile("step-(\\d{1,15})");
  private static final String STEP = "step";

  private MixHistory() {}

  /** From the log, else from the remaining checkpoints. */
  static List<Map<String, Double>> of(RunRecord run) {
    List<Map<String, Double>> logged =
        run.log().stream()
            .filter(line -> line.keySet().stream().anyMatch(key -> MixKeys.parse(key).isPresent()))
            .toList();
    return logged.isEmpty() ? saved(run) : logged;
  }

  private static List<Map<String, Double>> saved(RunRecord run) {
    TreeMap<Long, Map<String, Double>> found = new TreeMap<>();
    for (Path folder : List.of(run.folder().best(), run.folder().checkpoints())) {
      for (Path checkpoint : content(folder)) {
        Matcher name = CHECKPOINT.matcher(checkpoint.getFileName().toString());
        Path weights = checkpoint.resolve(run.folder().weights().getFileName());
        if (name.matches() && Files.isRegularFile(weights)) {
          Map<String, Double> entries = entries(weights);
          if (!entries.isEmpty()) {
            long step = Long.parseLong(name.group(1));
            entries.put(STEP, (double) step);
            found.put(step, entries);
          }
        }
      }
    }
    return new ArrayList<>(found.values());
  }

  private static List<Path> content(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> paths = Files.list(folder)) {
      return paths.toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list checkpoints in " + folder, e);
    }
  }

  private static Map<String, Double> entries(Path weights) {
    Map<String, Double> entries = new HashMap<>();
    try (SafeTensorsFile file = SafeTensorsFile.open(weights)) {
      if (file.contains(MixKeys.PARAMETER)) {
        Shape shape = file.entry(MixKeys.PARAMETER).shape();
        float[] values = file.floats(MixKeys.PARAMETER);
        for (int i = 0; i < values.length; i++) {
          int students = shape.dim(1);
          entries.put(new MixKeys.Place(i / students, i % students).key(), (double) values[i]);
        }
      }
    }
    return entries;
  }
}
