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

  @Test
  void theNameDecidesTheArithmeticUnlessAnOptionDoes() throws IOException {
    assertEquals(
        Arithmetic.TORCHVISION,
        read("ViTImageProcessor", "").preprocessing().sampling().arithmetic());
    assertEquals(
        Arithmetic.PILLOW,
        read("ViTImageProcessorPil", "").preprocessing().sampling().arithmetic());
    ProcessorOptions torchvision =
        ProcessorOptions.defaults().withArithmetic(Arithmetic.TORCHVISION);
    assertEquals(
        Arithmetic.TORCHVISION,
        TransformersProcessor.read(folder, torchvision).preprocessing().sampling().arithmetic());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "CLIPImageProcessor | , \"do_pad\": true | do_pad",
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
