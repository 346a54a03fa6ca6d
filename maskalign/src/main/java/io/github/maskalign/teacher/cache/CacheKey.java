package io.github.maskalign.teacher.cache;

import io.github.maskalign.TeacherRequest;
import io.github.maskalign.ViewTargets;
import io.github.maskalign.config.AlignmentPlan;
import io.github.maskalign.data.Augmentation;
import io.github.maskalign.data.Dataset;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.io.Sha256;
import io.github.maskalign.train.TeacherTargets;
import io.github.maskalign.vit.Importance;
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
 * All that decides the records of a cache, in words; the head of its file. The number of crops is
 * no part of it: crop c of a picture is the same however many there are, so a run with more crops
 * adds to the file of one with fewer.
 *
 * @param parts what, and which
 */
record CacheKey(Map<String, String> parts) {

  private static final String TITLE = "maskalign teacher cache";
  private static final String FORMAT = "1";
  private static final int PAGE = 4096;

  static CacheKey of(
      String backend,
      TeacherTargets direct,
      Dataset images,
      Augmentation augmentation,
      StoredType type) {
    AlignmentPlan plan = direct.plan();
    TeacherRequest request = ViewTargets.request(plan);
    Map<String, String> parts = new LinkedHashMap<>();
    parts.put("format", FORMAT + " " + ByteOrder.nativeOrder());
    parts.put("teacher", direct.teacherId().sha256());
    parts.put("teacher size", direct.teacher().dimensions().toString());
    parts.put("backend", backend);
    parts.put("pictures", images.size() + ", sha256 " + images.sha256());
    parts.put("crops", augmentation.transform().description());
    parts.put("seed", String.valueOf(augmentation.seed()));
    parts.put("levels", plan.levelIndices().toString());
    parts.put("target norm", plan.config().targetNorm().word());
    parts.put("importance", importance(direct, request));
    parts.put("type", type.word());
    parts.replaceAll((_, value) -> value.replace('\n', ' '));
    return new CacheKey(parts);
  }

  /** Attention of a class token is what every teacher had before there were other kinds. */
  private static String importance(TeacherTargets direct, TeacherRequest request) {
    Importance kind = direct.teacher().importance();
    return request.importance() && kind != Importance.CLASS_ATTENTION
        ? kind.name()
        : String.valueOf(request.importance());
  }

  /** The head of a file: lines for people, an empty one, and zeros up to a whole page. */
  byte[] head() {
    byte[] text = text().getBytes(StandardCharsets.UTF_8);
    return Arrays.copyOf(text, Math.ceilDiv(text.length, PAGE) * PAGE);
  }

  private String text() {
    StringBuilder text = new StringBuilder(TITLE).append('\n');
    parts.forEach((what, which) -> text.append(what).append(": ").append(which).append('\n'));
    return text.append('\n').toString();
  }

  /** A name that other keys do not have. */
  String fileName() {
    return "teacher-"
        + new Sha256().add(text().getBytes(StandardCharsets.UTF_8)).hex().substring(0, 16)
        + ".cache";
  }

  /**
   * Holds the head of a file against this key.
   *
   * @throws FormatException if it is another key, naming what differs, or none
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
            ? path + " is no teacher cache, or its head is damaged; delete it to make it anew"
            : "teacher cache %s was made for something else: %s; delete it, or name another folder"
                .formatted(path, String.join("; ", differences)));
  }

  private List<String> differences(@Nullable Map<String, String> others) {
    List<String> differences = new ArrayList<>();
    if (others != null) {
      TreeSet<String> all = new TreeSet<>(parts.keySet());
      all.addAll(others.keySet());
      for (String what : all) {
        if (!Objects.equals(parts.get(what), others.get(what))) {
          differences.add(
              "%s is %s, needed is %s".formatted(what, others.get(what), parts.get(what)));
        }
      }
    }
    return differences;
  }

  /** The parts that a head names; null if it is none. */
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
