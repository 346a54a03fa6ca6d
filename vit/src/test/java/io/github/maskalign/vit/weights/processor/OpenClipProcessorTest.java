package io.github.maskalign.vit.weights.processor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.image.preprocess.ColorRule;
import io.github.maskalign.vit.image.preprocess.Preprocessing;
import io.github.maskalign.vit.image.preprocess.ResizeRule;
import io.github.maskalign.vit.image.resize.Filter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OpenClipProcessorTest {

  @TempDir private Path folder;

  private Processor read(String size, String stated) throws IOException {
    Files.writeString(
        folder.resolve("open_clip_config.json"),
        "{\"model_cfg\": {\"vision_cfg\": {%s}}, \"preprocess_cfg\": {%s}}"
            .formatted(size, stated));
    return OpenClipProcessor.read(folder);
  }

  private Preprocessing square(String stated) throws IOException {
    return read("\"image_size\": 32", stated).preprocessing();
  }

  @Test
  void theSizeIsThatOfTheNetwork() throws IOException {
    Preprocessing usual = square("\"size\": 99");
    assertEquals(new ResizeRule.ShortestEdge(32), usual.resize());
    assertEquals(ImageSize.square(32), usual.size().orElseThrow());
    assertEquals(ColorRule.AFTER_RESIZING, usual.colors());
    assertEquals(ChannelStats.clip(), usual.stats());
    assertEquals(ImageSize.square(224), read("", "").preprocessing().size().orElseThrow());
  }

  @Test
  void theModesAreThoseOfOpenClip() throws IOException {
    Preprocessing longest = square("\"resize_mode\": \"longest\", \"fill_color\": 7");
    assertEquals(new ResizeRule.KeepRatio(ImageSize.square(32), true), longest.resize());
    assertArrayEquals(new int[] {7}, longest.crop().border());
    Preprocessing squashed = square("\"resize_mode\": \"squash\"");
    assertEquals(new ResizeRule.Exact(ImageSize.square(32)), squashed.resize());
    assertNull(squashed.crop());
    assertEquals(Filter.BILINEAR, square("\"interpolation\": \"bilinear\"").sampling().filter());
    assertEquals(Filter.BICUBIC, square("\"interpolation\": \"random\"").sampling().filter());
    // OpenCLIP leaves the filter out for other shapes.
    Preprocessing wide =
        read("\"image_size\": [32, 48]", "\"interpolation\": \"bilinear\"").preprocessing();
    assertEquals(new ResizeRule.KeepRatio(new ImageSize(32, 48), false), wide.resize());
    assertEquals(Filter.BICUBIC, wide.sampling().filter());
  }

  @Test
  void whatPythonTakesForNothingIsADefault() throws IOException {
    Preprocessing none =
        square("\"mean\": 0.0, \"std\": [], \"resize_mode\": \"\", \"interpolation\": null");
    assertEquals(square(""), none);
    assertArrayEquals(new double[3], square("\"mean\": [0, 0, 0]").stats().mean());
    assertArrayEquals(new double[] {0.5, 0.5, 0.5}, square("\"mean\": 0.5").stats().mean());
  }

  @Test
  void whatIsAbsentOrNotKnownIsTold() throws IOException {
    Processor none = read("\"image_size\": 32", "");
    assertTrue(none.notes().getFirst().contains("OpenCLIP's defaults apply"));
    Processor unknown = read("\"image_size\": 32", "\"mode\": \"RGB\", \"crop_pct\": 0.9");
    assertEquals(1, unknown.notes().size());
    assertTrue(unknown.notes().getFirst().contains("'crop_pct' is not known"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"mode\": \"L\" | mode",
        "\"interpolation\": \"nearest\" | interpolation",
        "\"resize_mode\": \"other\" | resize_mode",
        "\"fill_color\": 256 | fill_color",
        "\"fill_color\": [1, 2, 3] | fill_color",
        "\"mean\": [0.5, 0.5] | means",
        "\"std\": [0, 1, 1] | deviation"
      })
  void whatIsNotSupportedIsNamed(String stated, String named) {
    FormatException error = assertThrows(FormatException.class, () -> square(stated));
    assertTrue(error.getMessage().contains(named), error.getMessage());
    assertTrue(error.getMessage().contains("open_clip_config.json"), error.getMessage());
  }
}
