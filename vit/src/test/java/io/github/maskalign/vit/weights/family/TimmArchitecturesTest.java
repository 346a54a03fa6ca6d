package io.github.maskalign.vit.weights.family;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.maskalign.vit.Resampling;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimmArchitecturesTest {

  /** As timm loads them: the older RADIO aligns corners in two sizes of four. */
  @ParameterizedTest
  @CsvSource({
    "vit_base_patch16_224.augreg_in21k, BICUBIC_ANTIALIAS",
    "flexivit_small.1200ep_in1k, BILINEAR",
    "vit_base_patch16_radio_v3, BILINEAR_CORNERS",
    "vit_huge_patch16_radio_v3, BILINEAR_CORNERS",
    "vit_large_patch16_radio_v3, BILINEAR",
    "vit_giant_patch16_radio_v3, BILINEAR",
    "vit_huge_patch16_radio_v4, BILINEAR"
  })
  void resamplingOfTables(String name, Resampling resampling) {
    assertEquals(resampling, TimmArchitectures.require(name).config().tokens().resampling(), name);
  }
}
