package io.github.maskalign.cli.compare;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.cli.settings.SettingsSchema;
import io.github.maskalign.cli.settings.groups.PretrainSettings;
import io.github.maskalign.cli.train.BaselineScores;
import io.github.maskalign.cli.train.Session;
import io.github.maskalign.config.Method;
import io.github.maskalign.data.DatasetIdentity;
import io.github.maskalign.eval.FeatureScore;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.io.AtomicFile;
import io.github.maskalign.vit.json.JsonFiles;
import io.github.maskalign.vit.json.JsonKind;
import io.github.maskalign.vit.json.JsonWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What variants are compared with besides each other: their teachers, and the pixels themselves.
 * Each is measured once per comparison, and again if something changes on which its scores depend.
 */
final class Baselines {

  private static final String SIZE = "image-size";

  /** Settings on which the scores of pixels depend. */
  private static final List<String> OF_PIXELS =
      List.of(
          "data",
          "eval-data",
          "eval-gallery",
          "eval-images",
          "split",
          "split-seed",
          SIZE,
          "gray",
          "normalize",
          "eval-crop",
          "on-damaged",
          "seed");

  /** Further settings on which the scores of a teacher depend. */
  private static final List<String> OF_TEACHERS =
      List.of("teacher", "teacher-weights", "patch-size");

  /**
   * A score with what it depends on.
   *
   * @param settings by their names
   * @param images that were compared
   */
  public record Measured(
      Map<String, String> settings, List<DatasetIdentity> images, FeatureScore score) {

    /** Checks that nothing is missing. */
    public Measured {
      if (settings == null || images == null || score == null) {
        throw new ArgumentException("a score without its settings or images");
      }
    }

    private boolean isOf(Measured other) {
      return settings.equals(other.settings)
          && images.equals(other.images)
          && score.features().equals(other.score.features());
    }
  }

  /** The content of the file. */
  public record Content(List<Measured> measured) {

    /** Checks that nothing is missing. */
    public Content {
      if (measured == null || measured.stream().anyMatch(Objects::isNull)) {
        throw new ArgumentException("a score is null");
      }
    }
  }

  private final Path file;
  private final SettingsSchema<PretrainSettings> schema;
  private final List<Measured> known;

  /**
   * Reads the scores that were measured before.
   *
   * @param file that keeps them, which need not exist
   * @throws FormatException if it is damaged
   */
  Baselines(Path file, SettingsSchema<PretrainSettings> schema) {
    this.file = file;
    this.schema = schema;
    this.known = new ArrayList<>(read(file));
  }

  private static List<Measured> read(Path file) {
    if (!Files.exists(file)) {
      return List.of();
    }
    try {
      JsonNode content = JsonFiles.value(file, JsonKind.RUN);
      if (content.isArray()) {
        System.out.println(file + " is of an earlier version: measured again");
        return List.of();
      }
      return JsonFiles.convert(file.toString(), content, Content.class).measured;
    } catch (FormatException e) {
      throw new FormatException(e.getMessage() + "; delete the file to measure again", e);
    }
  }

  /** The scores for all variants, measured where they are not known; those of pixels first. */
  List<FeatureScore> scores(Session session, Collection<PretrainSettings> variants) {
    Map<Map<String, String>, PretrainSettings> distinct = new LinkedHashMap<>();
    for (PretrainSettings variant : variants) {
      Map<String, String> chosen = chosen(variant, true);
      chosen.put("taught", Boolean.toString(hasTeacher(variant)));
      distinct.putIfAbsent(chosen, variant);
    }
    List<Measured> pixels = new ArrayList<>();
    List<Measured> teachers = new ArrayList<>();
    for (PretrainSettings variant : distinct.values()) {
      BaselineScores scores = BaselineScores.of(session, variant);
      Map<String, String> settings = chosen(scores.settings(), false);
      settings.put(SIZE, Integer.toString(scores.pixelSide()));
      add(pixels, session, "raw pixels", settings, scores, scores::pixels);
      if (hasTeacher(variant)) {
        add(teachers, session, "teacher", chosen(scores.settings(), true), scores, scores::teacher);
      }
    }
    List<FeatureScore> rows = new ArrayList<>(named(pixels));
    rows.addAll(named(teachers));
    return rows;
  }

  private static boolean hasTeacher(PretrainSettings variant) {
    return variant.method().method() != Method.MAE;
  }

  private Map<String, String> chosen(PretrainSettings settings, boolean taught) {
    Map<String, String> all = schema.values(settings);
    Map<String, String> chosen = new LinkedHashMap<>();
    OF_PIXELS.forEach(name -> chosen.put(name, all.get(name)));
    if (taught) {
      OF_TEACHERS.forEach(name -> chosen.put(name, all.get(name)));
    }
    return chosen;
  }

  private void add(
      List<Measured> rows,
      Session outer,
      String name,
      Map<String, String> settings,
      BaselineScores scores,
      Function<Session, @Nullable FeatureScore> measure) {
    Measured wanted = new Measured(settings, scores.images(), new FeatureScore(name, 0, null));
    if (rows.stream().anyMatch(wanted::isOf)) {
      return;
    }
    for (Measured before : known) {
      if (wanted.isOf(before)) {
        rows.add(before);
        return;
      }
    }
    System.out.printf("%n== %s ==%n", name);
    try (Session session = outer.inner("baselines")) {
      FeatureScore score = Objects.requireNonNull(measure.apply(session));
      System.out.printf(
          "%s: k-NN %.1f %%, linear probe %.1f %%%n", score.features(), score.knn(), score.probe());
      Measured made = new Measured(settings, wanted.images, score);
      rows.add(made);
      known.add(made);
      AtomicFile.write(file, JsonWriter.bytes(new Content(known)));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  /** Several of a kind are told apart by the settings in which they differ. */
  private static List<FeatureScore> named(List<Measured> rows) {
    List<String> differing =
        rows.isEmpty()
            ? List.of()
            : rows.getFirst().settings.keySet().stream()
                .filter(
                    name -> rows.stream().map(row -> row.settings.get(name)).distinct().count() > 1)
                .toList();
    return rows.stream()
        .map(
            row ->
                differing.isEmpty()
                    ? row.score
                    : new FeatureScore(
                        differing.stream()
                            .map(name -> name + "=" + row.settings.get(name))
                            .collect(Collectors.joining(", ", row.score.features() + " (", ")")),
                        row.score.knn(),
                        row.score.probe()))
        .toList();
  }
}
