package io.github.maskalign.vit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.maskalign.tensor.error.ShapeException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PoolingTest {

  private static final ViTConfig NO_CLASS_TOKEN =
      ViTConfig.of(8, 4, 8, 1, 2).withTokens(TokenConfig.of(false, PositionEmbedding.LEARNED));

  @Test
  void titlesDiffer() {
    long titles = Arrays.stream(Pooling.values()).map(Pooling::title).distinct().count();
    assertEquals(Pooling.values().length, titles);
  }

  /** Messages reach users of the command line, who do not know the constants. */
  @ParameterizedTest
  @EnumSource
  void refusalsAreInWords(Pooling pooling) {
    assertFalse(pooling.title().contains(pooling.name()), pooling.title());
    if (!pooling.fits(NO_CLASS_TOKEN.tokens())) {
      ShapeException told =
          assertThrows(ShapeException.class, () -> pooling.require(NO_CLASS_TOKEN.tokens()));
      assertEquals(
          "ViT: this network has no class token to pool by; use the mean of the patches",
          told.getMessage());
    }
  }

  @Test
  void poolerFollowsTheClassToken() {
    OutputConfig output = OutputConfig.of(Pooling.MEAN_PATCHES).withPooler(8);
    ShapeException told =
        assertThrows(ShapeException.class, () -> NO_CLASS_TOKEN.withOutput(output));
    assertEquals(
        "ViT: a pooler follows the class token, not the mean of the patches", told.getMessage());
  }
}
