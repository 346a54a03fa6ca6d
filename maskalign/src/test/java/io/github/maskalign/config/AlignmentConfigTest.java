package io.github.maskalign.config;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.ShapeException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AlignmentConfigTest {

  private static final Dimensions FOUR = new Dimensions(4, 8, 16);
  private static final Dimensions SIX = new Dimensions(6, 12, 16);

  @ParameterizedTest
  @CsvSource({"196,0.7,58", "196,0.75,49", "196,0.5,98", "10,0.9,0", "49,0,49", "16,0.7,4"})
  void keptPatchesAreRoundedDown(int patches, double ratio, int kept) {
    assertEquals(kept, AlignmentConfig.keptPatches(patches, ratio));
  }

  @Test
  void theReleasedRecipeWeighsTheLastFiveLevels() {
    Dimensions base = new Dimensions(12, 768, 196);
    AlignmentPlan plan = AlignmentConfig.released().plan(base, base);
    assertEquals(58, plan.keptPatches());
    assertEquals(List.of(7, 8, 9, 10, 11), plan.levelIndices());
    assertTrue(plan.levels().stream().allMatch(level -> level.weight() == 0.2));
  }

  private static void refused(AlignmentConfig config, Dimensions student, String reason) {
    var error = assertThrows(ShapeException.class, () -> config.plan(student, FOUR));
    assertTrue(error.getMessage().contains(reason), error.getMessage());
  }

  @Test
  void whatCannotWorkIsRefusedWithTheReason() {
    AlignmentConfig config = AlignmentConfig.released();
    refused(config, SIX, "requires equal depths");
    refused(config, new Dimensions(3, 8, 16), "requires equal depths");
    refused(config.withFusion(Fusion.SIMPLE), SIX, "use fusion sum");
    refused(config, new Dimensions(4, 8, 25), "25 patches and the teacher 16");
    refused(config.withMask(MaskKind.RANDOM, 0.95), FOUR, "leaves none of 16");
    refused(config.withLevelWeights(new LevelWeights.Middle(4)), FOUR, "only 4 levels");
    Dimensions one = new Dimensions(1, 8, 16);
    AlignmentConfig decay = config.withLevelWeights(new LevelWeights.LinearDecay());
    var error = assertThrows(ShapeException.class, () -> decay.plan(one, one));
    assertTrue(error.getMessage().contains("leaves no loss"), error.getMessage());
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1, 1.5, Double.NaN})
  void theMaskRatioIsChecked(double ratio) {
    AlignmentConfig config = AlignmentConfig.released();
    assertThrows(ArgumentException.class, () -> config.withMask(MaskKind.RANDOM, ratio));
  }

  @Test
  void whatCanWorkIsNotRefused() {
    AlignmentConfig config = AlignmentConfig.released().withLevelWeights(new LevelWeights.Mean());
    AlignmentConfig simple = config.withFusion(Fusion.SIMPLE);
    assertEquals(List.of(0, 1, 2, 3), simple.plan(FOUR, SIX).levelIndices());
    AlignmentConfig sum = config.withFusion(Fusion.SUM);
    assertEquals(List.of(0, 1, 2, 3), sum.plan(SIX, FOUR).levelIndices());
    assertEquals(6, sum.plan(FOUR, SIX).levels().size());
    assertEquals(16, config.withMask(MaskKind.RANDOM, 0).plan(FOUR, FOUR).keptPatches());
  }

  @Test
  void levelWeightsFollowTheReleasedCode() {
    double third = 1.0 / 3;
    assertArrayEquals(new double[] {third, third, third}, weights("mean", 3), 1e-15);
    assertArrayEquals(new double[] {0, 0, 1}, weights("out", 3));
    assertArrayEquals(new double[] {0, 1 / 6.0, 2 / 6.0, 0.5}, weights("linear_decay", 4), 1e-15);
    assertArrayEquals(new double[] {0, 0.5, 0.5}, weights("top2", 3));
    assertArrayEquals(new double[] {0.2, 0.2, 0.2}, weights("top5", 3));
    assertArrayEquals(new double[] {0, 1, 0}, weights("mid1", 3));
  }

  private static double[] weights(String word, int levels) {
    return LevelWeights.parse(word).weights(levels);
  }

  @ParameterizedTest
  @ValueSource(strings = {"mean", "out", "linear_decay", "top5", "mid0"})
  void levelWeightsPrintTheWordTheyAreParsedFrom(String word) {
    assertEquals(word, LevelWeights.parse(word).toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "top", "top0", "top-1", "mid", "mid-1", "median", "top9999999999"})
  void otherLevelWeightsAreRefused(String word) {
    assertThrows(ArgumentException.class, () -> LevelWeights.parse(word));
  }

  @Test
  void everyChoiceIsParsedFromEachOfItsWords() {
    allParsed("mask", MaskKind.class);
    allParsed("fusion", Fusion.class);
    allParsed("head", HeadKind.class);
    allParsed("order", AlignmentOrder.class);
    allParsed("target norm", TargetNorm.class);
    allParsed("loss", LossKind.class);
    assertEquals(MaskKind.ATTENTIVE, MaskKind.parse("attention"));
    assertEquals(HeadKind.NORM_LINEAR, HeadKind.parse("Norm-Linear"));
  }

  private static <E extends Enum<E> & Choice> void allParsed(String option, Class<E> values) {
    for (E value : values.getEnumConstants()) {
      for (String word : value.words()) {
        assertEquals(value, Choice.parse(option, values, word));
      }
      assertEquals(value.word(), value.toString());
      assertTrue(!value.description().isBlank());
    }
  }

  @Test
  void anUnknownWordIsAnsweredWithTheKnownOnes() {
    var error = assertThrows(ArgumentException.class, () -> Fusion.parse("product"));
    assertEquals(
        "fusion: 'product' is not known; choose one of simple, linear, sum", error.getMessage());
  }
}
