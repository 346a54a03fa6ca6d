package io.github.maskalign.cli.settings.groups;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.cli.settings.Recipes;
import io.github.maskalign.cli.settings.SettingsSchema;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.vit.BlockConfig;
import io.github.maskalign.vit.PositionEmbedding;
import io.github.maskalign.vit.ViTConfig;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DefaultsFromDataTest {

  private static final SettingsSchema<PretrainSettings> PRETRAIN =
      SettingsSchema.of(PretrainSettings.class);
  private static final ViTConfig TINY = ViTConfig.of(28, 4, 96, 6, 3).withChannels(1);

  private static ScheduleSettings schedule(int images, Map<String, String> given) {
    return PRETRAIN.build(given).completed(images, TINY).schedule();
  }

  @ParameterizedTest
  @CsvSource({
    "50,400,50,40",
    "51,400,50,40",
    "1,400,1,40",
    "5000,400,64,40",
    "10000,200,64,40",
    "50000,40,64,8",
    "60001,34,64,6.8",
    "1281167,10,64,2",
  })
  void thePretrainingScheduleFollowsFromTheNumberOfImages(
      int images, int epochs, int batch, double warmup) {
    ScheduleSettings schedule = schedule(images, Map.of());
    assertEquals(epochs, schedule.epochs());
    assertEquals(batch, schedule.batch());
    assertEquals(warmup, schedule.warmup(), 1e-12);
  }

  @ParameterizedTest
  @CsvSource({"1,0.2", "5,1", "199,39.8", "200,40", "1000,40"})
  void epochsAloneAreEnough(int epochs, double warmup) {
    ScheduleSettings schedule = schedule(1000, Map.of("epochs", Integer.toString(epochs)));
    assertEquals(warmup, schedule.warmup(), 1e-12);
    schedule.rates();
  }

  /** Warm-up starts from a learning rate of 0. */
  @ParameterizedTest
  @CsvSource({
    "40, 1, '', 1, 0, ''",
    "79, 1, 40, 1, 0, ''",
    "80, 1, 40, 1, 0.2, ''",
    "80, 1, 40, 2, 0, ''",
    "40, 2, '', 1, 0.4, ''",
    "40, 1, '', 1, =0.1, has learning rate 0",
    "40, 3, '', 3, =1, has learning rate 0",
    "80, 1, 40, 1, =1, ends below the peak",
    "80, 2, 40, 1, =1, ''",
  })
  void theOnlyStepIsNotAtRateZero(
      int images, int epochs, String batch, int accumulate, String warmup, String warning) {
    Map<String, String> given = new HashMap<>();
    given.put("epochs", Integer.toString(epochs));
    given.put("accumulate", Integer.toString(accumulate));
    if (!batch.isEmpty()) {
      given.put("batch", batch);
    }
    if (warmup.startsWith("=")) {
      given.put("warmup", warmup.substring(1));
    }
    ScheduleSettings schedule = schedule(images, given);
    assertEquals(Double.parseDouble(warmup.replace("=", "")), schedule.warmup(), 1e-12);
    String told = schedule.warning(images).orElse("");
    assertTrue(told.contains(warning), told);
    assertEquals(warning.isEmpty(), told.isEmpty(), told);
  }

  @Test
  void classifiersHaveTheirOwn() {
    FinetuneSettings finetune =
        SettingsSchema.of(FinetuneSettings.class).build(Map.of()).completed(50_000, true);
    assertEquals(20, finetune.schedule().epochs());
    assertEquals(4, finetune.schedule().warmup());
    assertEquals("384x12x6", finetune.network().model());
    ProbeSettings probe =
        SettingsSchema.of(ProbeSettings.class).build(Map.of("weights", "x")).completed(300, true);
    assertEquals(90, probe.schedule().epochs());
    assertEquals(300, probe.schedule().batch());
    assertEquals(10, probe.schedule().warmup());
    assertNull(probe.network().model(), "told by the weights");
  }

  @ParameterizedTest
  @CsvSource({
    "9999,768,12,12,192x12x3",
    "10000,768,12,12,384x12x6",
    "100000,768,12,12,768x12x12",
    "100000,384,12,6,384x12x6",
    "5000000,1024,24,16,768x24x12",
    "500,1024,24,16,192x24x3",
    "500,96,6,3,96x6x3",
    "500,90,6,9,88x6x1",
  })
  void aStudentIsNoLargerThanItsTeacher(int images, int width, int depth, int heads, String model) {
    ViTConfig teacher = ViTConfig.of(224, 16, 768, depth, 12);
    ViTConfig taught =
        teacher
            .withPositions(PositionEmbedding.LEARNED)
            .withBlocks(
                new BlockConfig(width, depth, heads, 4, teacher.blocks().activation(), 1e-6, 0));
    assertEquals(model, StudentSize.of(images, taught).toString());
  }

  @Test
  void theInputIsThatOfASmallTeacher() {
    ModelSettings of = PRETRAIN.build(Map.of()).student();
    assertEquals("96x6x3, 28, 4", text(of.completed(8000, TINY)));
    assertEquals("192x12x3, 224, 16", text(of.completed(8000, ViTConfig.clipB16())));
    assertEquals("192x24x3, 224, 16", text(of.completed(8000, ViTConfig.clipL14())));
    assertEquals("192x12x3, 224, 16", text(of.completed(8000, ViTConfig.tiny(518, 14))));
    ModelSettings given = PRETRAIN.build(Map.of("image-size", "32", "model", "base")).student();
    assertEquals("base, 32, 16", text(given.completed(8000, TINY)));
  }

  private static String text(ModelSettings network) {
    return network.model() + ", " + network.imageSize() + ", " + network.patchSize();
  }

  /** What a recipe sets is not touched. */
  @Test
  void recipesStayAsTheyAre() {
    for (String recipe : Recipes.names()) {
      Map<String, String> values = Recipes.find(recipe, "pretrain");
      Map<String, String> completed =
          PRETRAIN.values(PRETRAIN.build(values).completed(1_300_000, TINY));
      Map<String, String> changed = new HashMap<>(PRETRAIN.values(PRETRAIN.build(values)));
      changed.entrySet().removeIf(entry -> entry.getValue().equals(completed.get(entry.getKey())));
      assertEquals(Map.of(), changed, recipe);
    }
  }

  @Test
  void aBatchThatTheDataDoesNotFillIsRefused() {
    assertEquals(
        "--batch 64: the data set has only 20 images; use --batch 20 or less",
        assertThrows(ArgumentException.class, () -> schedule(20, Map.of("batch", "64")))
            .getMessage());
  }
}
