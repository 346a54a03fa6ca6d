package io.github.maskalign.teacher.cache;

import io.github.maskalign.NormalizedTargets;
import io.github.maskalign.TeacherRequest;
import io.github.maskalign.config.AlignmentPlan;
import io.github.maskalign.data.Augmentation;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.data.Transform;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.Precision;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.io.Sha256;
import io.github.maskalign.train.TeacherTargets;
import io.github.maskalign.vit.Importance;
import io.github.maskalign.vit.image.ImageSize;
import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Everything that determines the records of a cache, as text; it is the header of the file. The
 * number of crops is not part of it: crop c of a picture does not depend on it, so a run with more
 * crops extends the file of one with fewer.
 *
 * @param parts name and value of each
 */
record CacheKey(Map<String, String> parts) {

  private static final String TITLE = "maskalign teacher cache";
  private static final String FORMAT = "1";
  private static final int PAGE = 4096;

  static CacheKey of(
      Backend backend,
      TeacherTargets source,
      Dataset images,
      Augmentation augmentation,
      StoredType type) {
    AlignmentPlan plan = source.plan();
    TeacherRequest request = NormalizedTargets.request(plan);
    Map<String, String> parts = new LinkedHashMap<>();
    parts.put("format", FORMAT + " " + ByteOrder.nativeOrder());
    parts.put("teacher", source.teacherId().sha256());
    parts.put("teacher size", source.teacher().dimensions().toString());
    parts.put("backend", backend.name());
    parts.put("pictures", images.size() + ", sha256 " + images.sha256());
    parts.put("crops", augmentation.transform().description());
    parts.put("seed", String.valueOf(augmentation.seed()));
    parts.put("levels", plan.levelIndices().toString());
    parts.put("target norm", plan.config().targetNorm().word());
    parts.put("importance", importance(source, request));
    parts.put("type", type.word());
    // Files of earlier versions are of F32 and of the usual input, which have no entries.
    if (backend.precision() != Precision.F32) {
      parts.put("precision", backend.precision().name());
    }
    Transform crop = augmentation.transform();
    String input = source.teacher().input(new ImageSize(crop.height(), crop.width()));
    if (!input.isEmpty()) {
      parts.put("teacher input", input);
    }
    parts.replaceAll((_, value) -> value.replace('\n', ' '));
    return new CacheKey(parts);
  }

  /** Class-token attention has no name here, since older files have none. */
  private static String importance(TeacherTargets source, TeacherRequest request) {
    Importance kind = source.teacher().importance();
    return request.importance() && kind != Importance.CLASS_ATTENTION
        ? kind.name()
        : String.valueOf(request.importance());
  }

  /** The header of a file: lines of text, an empty line, and zeros up to a whole page. */
  byte[] head() {
    byte[] text = text().getBytes(StandardCharsets.UTF_8);
    return Arrays.copyOf(text, Math.ceilDiv(text.length, PAGE) * PAGE);
  }

  private String text() {
    StringBuilder text = new StringBuilder(TITLE).append('\n');
    parts.forEach((name, value) -> text.append(name).append(": ").append(value).append('\n'));
    return text.append('\n').toString();
  }

  /** A file name that identifies the key. */
  String fileName() {
    return "teacher-"
        + new Sha256().add(text().getBytes(StandardCharsets.UTF_8)).hex().substring(0, 16)
        + ".cache";
  }

  /**
   * Checks that the header of a file matches this key.
   *
   * @throws FormatException if it is no header, or of another key, naming what differs
   */
  void requireIn(FileChannel file, String path) throws IOException {
    byte[] expected = head();
    byte[] found = Channels.newInputStream(file.position(0)).readNBytes(expected.length);
    if (Arrays.equals(expected, found)) {
      return;
    }
    List<String> differences = differences(read(file));
    throw new FormatException(
        differences.isEmpty()
            ? path + " is not a teacher cache, or its header is damaged; delete it to fill it again"
            : "teacher cache %s was made for something else: %s; delete it, or name another folder"
                .formatted(path, String.join("; ", differences)));
  }

  private List<String> differences(@Nullable Map<String, String> others) {
    List<String> differences = new ArrayList<>();
    if (others != null) {
      TreeSet<String> all = new TreeSet<>(parts.keySet());
      all.addAll(others.keySet());
      for (String name : all) {
        if (!Objects.equals(parts.get(name), others.get(name))) {
          differences.add(
              "%s is %s, this run requires %s".formatted(name, others.get(name), parts.get(name)));
        }
      }
    }
    return differences;
  }

  /** The parts in a header; null if it is not one. */
  private static @Nullable Map<String, String> read(FileChannel file) throws IOException {
    byte[] start = Channels.newInputStream(file.position(0)).readNBytes(16 * PAGE);
    Map<String, String> parts = new LinkedHashMap<>();
    String[] lines = new String(start, StandardCharsets.UTF_8).split("\n", -1);
    if (!lines[0].equals(TITLE)) {
      return null;
    }
    for (int i = 1; i < lines.length && !lines[i].isEmpty(); i++) {
      String[] part = lines[i].split(": ", 2);
      if (part.length < 2) {
        return null;
      }
      parts.put(part[0], part[1]);
    }
    return parts;
  }
}
