package io.github.maskalign.cli.compare;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.maskalign.cli.settings.groups.PretrainSettings;
import io.github.maskalign.cli.train.BaselineScores;
import io.github.maskalign.cli.train.Session;
import io.github.maskalign.eval.FeatureScore;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.io.AtomicFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What variants are compared with besides each other: the teacher, and the pixels themselves. They
 * are measured once per comparison, on the same images and by the same evaluation.
 *
 * @param file that keeps them, which need not exist
 */
record Baselines(Path file) {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /**
   * The scores; measured if the file does not exist.
   *
   * @param settings of the comparison's base
   */
  List<FeatureScore> scores(Session outer, PretrainSettings settings) {
    try {
      if (Files.exists(file)) {
        return List.of(JSON.readValue(file.toFile(), FeatureScore[].class));
      }
      System.out.printf("%n== teacher and raw pixels ==%n");
      try (Session session = outer.inner("baselines")) {
        List<FeatureScore> scores = measured(session, settings);
        AtomicFile.write(file, JSON.writeValueAsBytes(scores));
        return scores;
      }
    } catch (JsonProcessingException e) {
      throw new FormatException(
          "%s is damaged: %s; delete it to measure again".formatted(file, e.getOriginalMessage()),
          e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read or write " + file, e);
    }
  }

  private static List<FeatureScore> measured(Session session, PretrainSettings settings) {
    List<FeatureScore> scores = BaselineScores.measure(session, settings);
    scores.forEach(
        score ->
            System.out.printf(
                "%s: k-NN %.1f %%, linear probe %.1f %%%n",
                score.features(), score.knn(), score.probe()));
    return scores;
  }
}
