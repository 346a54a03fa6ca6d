package io.github.maskalign.vit.weights.processor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.image.preprocess.ColorRule;
import io.github.maskalign.vit.image.preprocess.Preprocessing;
import io.github.maskalign.vit.image.preprocess.ResizeRule;
import io.github.maskalign.vit.image.preprocess.Sampling;
import io.github.maskalign.vit.image.resize.Arithmetic;
import io.github.maskalign.vit.image.resize.Filter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TimmProcessorTest {

  private static final String STATED =
      "\"interpolation\": \"bicubic\", \"crop_pct\": 0.9, \"mean\": [0.5, 0.4, 0.3],"
          + " \"std\": [0.2, 0.3, 0.4]";

  @TempDir private Path folder;

  private Processor read(String top, String nested, boolean testSize) throws IOException {
    Files.writeString(
        folder.resolve("config.json"),
        "{\"architecture\": \"vit_tiny\"%s, \"pretrained_cfg\": {%s}}".formatted(top, nested));
    return TimmProcessor.read(folder, ProcessorOptions.defaults().withTestSize(testSize));
  }

  private Preprocessing read(String nested) throws IOException {
    return read("", STATED + nested, false).preprocessing();
  }

  @Test
  void theCropIsOfAFractionOfTheShortSide() throws IOException {
    Preprocessing usual = read(", \"input_size\": [3, 32, 32]");
    assertEquals(new ResizeRule.ShortestEdge(35), usual.resize());
    assertEquals(ImageSize.square(32), usual.size().orElseThrow());
    assertEquals(new Sampling(Filter.BICUBIC, Arithmetic.PILLOW), usual.sampling());
    assertEquals(ColorRule.RGB, usual.colors());
    assertArrayEquals(new double[] {0.5, 0.4, 0.3}, usual.stats().mean());
    assertEquals(
        new ResizeRule.KeepRatio(new ImageSize(35, 53), false),
        read(", \"input_size\": [3, 32, 48]").resize());
    assertEquals(
        new ResizeRule.Exact(ImageSize.square(35)),
        read(", \"input_size\": [3, 32, 32], \"crop_mode\": \"squash\"").resize());
    Preprocessing border = read(", \"input_size\": [3, 32, 32], \"crop_mode\": \"border\"");
    assertEquals(new ResizeRule.KeepRatio(ImageSize.square(35), true), border.resize());
    assertArrayEquals(new int[] {128, 102, 76}, border.crop().border());
  }

  @Test
  void sizesForTestsApplyOnRequest() throws IOException {
    String sizes =
        ", \"input_size\": [3, 32, 32], \"test_input_size\": [3, 48, 48], \"test_crop_pct\": 1.0";
    assertEquals(new ResizeRule.ShortestEdge(35), read(sizes).resize());
    assertEquals(
        new ResizeRule.ShortestEdge(48), read("", STATED + sizes, true).preprocessing().resize());
  }

  @Test
  void aFixedSizeIsThatOfTheArguments() throws IOException {
    String top = ", \"model_args\": {\"img_size\": [48, 32]}";
    String nested = STATED + ", \"input_size\": [3, 32, 32], \"fixed_input_size\": ";
    assertEquals(
        new ImageSize(48, 32),
        read(top, nested + true, false).preprocessing().size().orElseThrow());
    assertEquals(
        ImageSize.square(32),
        read(top, nested + false, false).preprocessing().size().orElseThrow());
  }

  @Test
  void whatIsAbsentHasADefaultAndIsTold() throws IOException {
    Processor bare = read("", "\"mean\": [], \"crop_pct\": 0", false);
    assertEquals(new ResizeRule.ShortestEdge(256), bare.preprocessing().resize());
    assertEquals(ChannelStats.imageNet(), bare.preprocessing().stats());
    assertEquals(1, bare.notes().size());
    assertTrue(
        bare.notes().getFirst().contains("interpolation, std; timm's defaults apply"),
        bare.notes().getFirst());
    Files.writeString(
        folder.resolve("config.json"),
        "{\"architecture\": \"vit\", \"num_features\": 9, \"input_size\": [3, 9, 9], "
            + STATED
            + "}");
    Processor flat = TimmProcessor.read(folder, ProcessorOptions.defaults());
    assertEquals(ImageSize.square(9), flat.preprocessing().size().orElseThrow());
    assertTrue(flat.notes().isEmpty(), flat.notes().toString());
  }

  @Test
  void whatIsNotKnownIsTold() throws IOException {
    Processor read =
        read(
            "",
            STATED + ", \"crop_mode\": \"other\", \"crop_border_pixels\": 2, \"no\": null",
            false);
    assertEquals(2, read.notes().size(), read.notes().toString());
    assertTrue(read.notes().getFirst().contains("'crop_mode' other is not known; read as center"));
    assertTrue(read.notes().getLast().contains("'crop_border_pixels' is not known"));
    assertEquals(new ResizeRule.ShortestEdge(248), read.preprocessing().resize());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"input_size\": [32, 32] | input_size",
        "\"input_size\": [3, 0, 32] | input_size",
        "\"interpolation\": \"random\" | interpolation",
        "\"crop_pct\": \"0.9\" | crop_pct",
        "\"crop_pct\": 0.001 | crop_pct",
        "\"mean\": [0.5, 0.5], \"std\": [0.5, 0.5] | mean",
        "\"std\": [0, 1, 1] | deviation"
      })
  void whatIsNotSupportedIsNamed(String nested, String named) {
    FormatException error = assertThrows(FormatException.class, () -> read("", nested, false));
    assertTrue(error.getMessage().contains(named), error.getMessage());
    assertTrue(error.getMessage().contains("config.json"), error.getMessage());
  }
}
