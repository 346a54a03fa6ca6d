package io.github.maskalign.vit.weights.processor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.image.preprocess.ColorRule;
import io.github.maskalign.vit.image.preprocess.Preprocessing;
import io.github.maskalign.vit.image.preprocess.ResizeRule;
import io.github.maskalign.vit.image.resize.Arithmetic;
import io.github.maskalign.vit.image.resize.Filter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransformersProcessorTest {

  @TempDir private Path folder;

  private Processor read(String type, String rest) throws IOException {
    Files.writeString(
        folder.resolve("preprocessor_config.json"),
        "{\"image_processor_type\": \"%s\"%s}".formatted(type, rest));
    return TransformersProcessor.read(folder, ProcessorOptions.defaults());
  }

  @Test
  void anIntegerIsTheShortEdgeOrASquareByTheClass() throws IOException {
    ResizeRule edge = new ResizeRule.ShortestEdge(32);
    ResizeRule square = new ResizeRule.Exact(ImageSize.square(32));
    for (String type : new String[] {"CLIPImageProcessor", "BitImageProcessorFast"}) {
      assertEquals(edge, read(type, ", \"size\": 32").preprocessing().resize());
    }
    for (String type : new String[] {"ViTFeatureExtractor", "DeiTImageProcessorPil"}) {
      assertEquals(square, read(type, ", \"size\": 32").preprocessing().resize());
    }
    assertEquals(
        square,
        read("CLIPImageProcessor", ", \"size\": 32, \"default_to_square\": true")
            .preprocessing()
            .resize());
  }

  @Test
  void absentIsTheDefaultAndNullIsNone() throws IOException {
    assertEquals(ColorRule.ON_WHITE, read("CLIPImageProcessor", "").preprocessing().colors());
    Preprocessing none =
        read("CLIPImageProcessor", ", \"do_convert_rgb\": null, \"do_center_crop\": null")
            .preprocessing();
    assertEquals(ColorRule.AS_STORED, none.colors());
    assertTrue(none.size().isEmpty());
  }

  /** As AutoImageProcessor of transformers 5.24, whatever variant of a class a file names. */
  @Test
  void torchvisionResizesUnlessAnOptionSaysOtherwise() throws IOException {
    for (String name : new String[] {"", "Fast", "Pil"}) {
      assertEquals(
          Arithmetic.TORCHVISION,
          read("ViTImageProcessor" + name, "").preprocessing().sampling().arithmetic());
    }
    ProcessorOptions pillow = ProcessorOptions.defaults().withImageBackend(ImageBackend.PILLOW);
    assertEquals(
        Arithmetic.PILLOW,
        TransformersProcessor.read(folder, pillow).preprocessing().sampling().arithmetic());
    read("DINOv3ViTImageProcessor", "");
    assertEquals(
        Arithmetic.FLOAT,
        TransformersProcessor.read(folder, pillow).preprocessing().sampling().arithmetic());
  }

  @Test
  void theProcessorMayBeNamedByTheNetwork() throws IOException {
    Files.writeString(folder.resolve("preprocessor_config.json"), "{\"size\": 32}");
    String config = "{\"model_type\": \"clip\"%s}";
    Files.writeString(folder.resolve("config.json"), config.formatted(""));
    ProcessorOptions options = ProcessorOptions.defaults();
    assertEquals(
        new ResizeRule.ShortestEdge(32),
        TransformersProcessor.read(folder, options).preprocessing().resize());
    Files.writeString(
        folder.resolve("config.json"),
        config.formatted(", \"image_processor_type\": \"ViTImageProcessor\""));
    assertEquals(
        new ResizeRule.Exact(ImageSize.square(32)),
        TransformersProcessor.read(folder, options).preprocessing().resize());
  }

  @Test
  void sizesAreReadAsByTransformers() throws IOException {
    assertEquals(
        new ResizeRule.Exact(new ImageSize(8, 9)),
        read("ViTImageProcessor", ", \"size\": [8, 9, 3]").preprocessing().resize());
    assertEquals(
        new ResizeRule.ShortestEdge(9),
        read("BitImageProcessor", ", \"size\": {\"shortest_edge\": 9, \"longest_edge\": null}")
            .preprocessing()
            .resize());
    String square = ", \"size\": 9, \"use_square_size\": true";
    assertEquals(
        new ResizeRule.Exact(ImageSize.square(224)),
        read("CLIPImageProcessor", square).preprocessing().resize());
    assertEquals(
        new ResizeRule.ShortestEdge(9), read("BitImageProcessor", square).preprocessing().resize());
    assertEquals(
        new ResizeRule.ShortestEdge(9),
        read("SiglipImageProcessor", ", \"size\": 9").preprocessing().resize());
  }

  @Test
  void paddingThatHasNoEffectIsTaken() throws IOException {
    for (String rest :
        new String[] {
          ", \"do_pad\": true", ", \"do_pad\": true, \"pad_size\": 224", ", \"pad_size\": 9"
        }) {
      Processor read = read("ViTImageProcessor", rest);
      assertEquals(ImageSize.square(224), read.preprocessing().size().orElseThrow());
      assertTrue(read.notes().isEmpty());
    }
  }

  @Test
  void theFilterOfPatchesHasADefaultForNull() throws IOException {
    assertEquals(
        Filter.BILINEAR,
        read("Siglip2ImageProcessor", ", \"resample\": null").preprocessing().sampling().filter());
  }

  @Test
  void oneStatisticInAListIsRefusedWherePillowNeedsThree() throws IOException {
    String one = ", \"image_mean\": [0.5], \"image_std\": [0.5]";
    assertEquals(
        3, read("CLIPImageProcessor", one).preprocessing().withChannels(3).stats().channels());
    ProcessorOptions pillow = ProcessorOptions.defaults().withImageBackend(ImageBackend.PILLOW);
    FormatException error =
        assertThrows(FormatException.class, () -> TransformersProcessor.read(folder, pillow));
    assertTrue(error.getMessage().contains("image_mean"), error.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CLIPImageProcessor | , \"do_pad\": true, \"pad_size\": 256 | do_pad",
        "CLIPImageProcessor | , \"do_blur\": true | do_blur",
        "ViTImageProcessor | , \"size\": {\"height\": 9, \"width\": 9, \"shortest_edge\": null} | size",
        "ViTImageProcessor | , \"size\": [9] | height and width",
        "DINOv3ViTImageProcessor | , \"do_rescale\": false | do_normalize",
        "DINOv3ViTImageProcessor | , \"rescale_factor\": 1 | fraction",
        "Siglip2ImageProcessor | , \"do_resize\": false | whole patches",
        "Siglip2ImageProcessor | , \"patch_size\": null | patch_size",
        "Siglip2ImageProcessor | , \"do_center_crop\": true | crop_size",
        "CLIPImageProcessor | , \"size\": {\"longest_edge\": 32} | shortest_edge",
        "CLIPImageProcessor | , \"size\": 100000 | 4096",
        "CLIPImageProcessor | , \"crop_size\": {\"height\": 0, \"width\": 1} | crop_size",
        "CLIPImageProcessor | , \"resample\": 7 | resample",
        "CLIPImageProcessor | , \"resample\": 4 | torchvision has no box",
        "CLIPImageProcessor | , \"image_std\": [1, 0, 1] | deviation",
        "CLIPImageProcessor | , \"image_mean\": null | image_mean",
        "Siglip2ImageProcessor | , \"max_num_patches\": 16384, \"patch_size\": 64 | patches",
        "ConvNextImageProcessor | '' | ConvNextImageProcessor"
      })
  void whatIsNotSupportedIsNamed(String type, String rest, String named) {
    FormatException error = assertThrows(FormatException.class, () -> read(type, rest));
    assertTrue(error.getMessage().contains(named), error.getMessage());
    assertTrue(error.getMessage().contains("preprocessor_config.json"), error.getMessage());
  }

  @Test
  void unknownKeysAreTold() throws IOException {
    Processor read = read("ViTImageProcessor", ", \"blur\": 3, \"sharpen\": null");
    assertEquals(1, read.notes().size());
    assertTrue(read.notes().getFirst().contains("'blur'"), read.notes().getFirst());
  }
}
