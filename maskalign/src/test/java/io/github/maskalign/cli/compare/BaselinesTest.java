package io.github.maskalign.cli.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.cli.settings.SettingsSchema;
import io.github.maskalign.cli.settings.groups.PretrainSettings;
import io.github.maskalign.cli.train.Ran;
import io.github.maskalign.cli.train.Session;
import io.github.maskalign.eval.FeatureScore;
import io.github.maskalign.tensor.error.FormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BaselinesTest {

  private static final SettingsSchema<PretrainSettings> SCHEMA =
      SettingsSchema.of(PretrainSettings.class);

  @TempDir private static Path networks;
  @TempDir private Path folder;

  @BeforeAll
  static void makeTeachers() {
    for (String seed : List.of("1", "2")) {
      Ran.finetune(networks.resolve(seed), "--seed=" + seed);
    }
  }

  private static PretrainSettings settings(String seed, String... more) {
    Map<String, String> values = SCHEMA.values(SCHEMA.build(Map.of()));
    values.put("data", "fashion-mnist[:60]");
    values.put("eval-data", "fashion-mnist[100:140]");
    values.put("teacher", networks.resolve(seed).toString());
    for (int i = 0; i < more.length; i += 2) {
      values.put(more[i], more[i + 1]);
    }
    return SCHEMA.build(values);
  }

  private Path file() {
    return folder.resolve("baselines.json");
  }

  private List<FeatureScore> scores(PretrainSettings... variants) {
    try (Session session = Session.open(variants[0].machine())) {
      return new Baselines(file(), SCHEMA).scores(session, List.of(variants));
    }
  }

  private static List<String> names(List<FeatureScore> scores) {
    return scores.stream().map(FeatureScore::features).toList();
  }

  @Test
  void everyTeacherHasARowAndIsMeasuredOnce() throws IOException {
    List<FeatureScore> both =
        scores(settings("1"), settings("2"), settings("2", "mask-ratio", "0.5"));
    assertEquals(
        List.of(
            "raw pixels",
            "teacher (teacher=" + networks.resolve("1") + ")",
            "teacher (teacher=" + networks.resolve("2") + ")"),
        names(both));
    byte[] stored = Files.readAllBytes(file());
    List<FeatureScore> second = scores(settings("2"));
    assertEquals(List.of("raw pixels", "teacher"), names(second));
    assertEquals(both.getLast().knn(), second.getLast().knn());
    assertEquals(new String(stored), Files.readString(file()), "nothing is measured again");
    assertEquals(List.of("raw pixels"), names(scores(settings("1", "method", "mae"))));
  }

  @Test
  void otherDataAreMeasuredAnew() {
    scores(settings("1"));
    List<FeatureScore> other = scores(settings("1", "eval-data", "fashion-mnist[200:260]"));
    List<FeatureScore> alone;
    try (Stream<Path> all = Files.list(folder)) {
      all.forEach(each -> each.toFile().delete());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    alone = scores(settings("1", "eval-data", "fashion-mnist[200:260]"));
    assertEquals(alone, other);
  }

  @Test
  void theFileOfAnEarlierVersionIsReplaced() throws IOException {
    Files.writeString(file(), "[null]");
    assertEquals(List.of("raw pixels", "teacher"), names(scores(settings("1"))));
    assertTrue(Files.readString(file()).contains("eval-data"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"measured\":[null]}", "{\"measured\":null}", "{}", "null", "{"})
  void aDamagedFileIsNamed(String content) throws IOException {
    Files.writeString(file(), content);
    String message =
        assertThrows(FormatException.class, () -> new Baselines(file(), SCHEMA)).getMessage();
    assertTrue(message.contains(file().toString()), message);
    assertTrue(message.endsWith("; delete the file to measure again"), message);
  }
}
