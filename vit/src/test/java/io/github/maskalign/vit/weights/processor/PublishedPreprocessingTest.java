package io.github.maskalign.vit.weights.processor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.vit.InputConfig;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.image.preprocess.Preprocessing;
import io.github.maskalign.vit.image.preprocess.ResizeRule;
import io.github.maskalign.vit.image.resize.Arithmetic;
import io.github.maskalign.vit.image.resize.Filter;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The files of published networks, as read on the Hub. */
class PublishedPreprocessingTest {

  private static Processor of(PublishedPreprocessing published, int side) {
    return published.processor(
        Path.of("model.safetensors"),
        new InputConfig(ImageSize.square(side), 14, 3, true),
        ProcessorOptions.defaults());
  }

  @ParameterizedTest
  @CsvSource({
    // network, image size, kind of resizing, its length, crop, filter, mean
    "CLIP, 336, ShortestEdge, 336, 336, BICUBIC, 0.48145466",
    "SIGLIP, 384, Exact, 384, 0, BICUBIC, 0.5",
    "VIT, 224, Exact, 224, 0, BILINEAR, 0.5",
    "IJEPA, 448, Exact, 448, 0, BILINEAR, 0.5",
    "VIT_IMAGENET, 224, Exact, 224, 0, BILINEAR, 0.485",
    "DEIT, 224, Exact, 256, 224, BICUBIC, 0.485",
    "DEIT, 384, Exact, 438, 384, BICUBIC, 0.485",
    "DINOV2, 518, ShortestEdge, 256, 224, BICUBIC, 0.485",
    "DINOV2, 112, ShortestEdge, 128, 112, BICUBIC, 0.485",
    "DINOV3, 224, Exact, 224, 0, BILINEAR, 0.485",
    "OPEN_CLIP, 224, ShortestEdge, 224, 224, BICUBIC, 0.48145466",
    "OPEN_CLIP_SIGLIP, 256, Exact, 256, 0, BICUBIC, 0.5",
  })
  void areThoseOfTheirFiles(
      PublishedPreprocessing published,
      int side,
      String kind,
      int length,
      int crop,
      Filter filter,
      double mean) {
    Preprocessing steps = of(published, side).preprocessing();
    ResizeRule expected =
        kind.equals("Exact")
            ? new ResizeRule.Exact(ImageSize.square(length))
            : new ResizeRule.ShortestEdge(length);
    assertEquals(expected, steps.resize());
    assertEquals(
        crop == 0 ? Optional.empty() : Optional.of(ImageSize.square(crop)),
        Optional.ofNullable(steps.crop()).map(it -> it.size()));
    assertEquals(filter, steps.sampling().filter());
    assertEquals(mean, steps.stats().mean()[0], 0);
  }

  @Test
  void naFlexTakesThePatchesOfItsNetwork() {
    Preprocessing steps = of(PublishedPreprocessing.SIGLIP2_NAFLEX, 224).preprocessing();
    assertEquals(new ResizeRule.WholePatches(14, 256), steps.resize());
    assertEquals(ChannelStats.half(3), steps.stats());
  }

  @Test
  void resizesWithTheLibraryOfTheFamily() {
    assertEquals(
        Arithmetic.PILLOW,
        of(PublishedPreprocessing.OPEN_CLIP, 224).preprocessing().sampling().arithmetic());
    assertEquals(
        Arithmetic.TORCHVISION,
        of(PublishedPreprocessing.CLIP, 224).preprocessing().sampling().arithmetic());
  }

  @Test
  void oneLineSaysSo() {
    Processor vit = of(PublishedPreprocessing.VIT, 224);
    assertFalse(vit.stated());
    assertEquals(1, vit.notes().size());
    assertTrue(
        vit.notes()
            .getFirst()
            .startsWith(
                "model.safetensors: states no preprocessing; that of the published networks of ViT"
                    + " applies (DINO"),
        vit.notes().getFirst());
  }
}
