package io.github.maskalign.vit.export;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.image.preprocess.Centering;
import io.github.maskalign.vit.image.preprocess.ColorRule;
import io.github.maskalign.vit.image.preprocess.Crop;
import io.github.maskalign.vit.image.preprocess.Preprocessing;
import io.github.maskalign.vit.image.preprocess.ResizeRule;
import io.github.maskalign.vit.image.preprocess.Sampling;
import io.github.maskalign.vit.weights.processor.ProcessorOptions;
import io.github.maskalign.vit.weights.processor.TransformersProcessor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ProcessorJsonTest {

  private static final ImageSize SIZE = ImageSize.square(32);

  @TempDir private Path folder;

  private static Preprocessing preprocessing(ResizeRule resize, @Nullable ImageSize crop) {
    return new Preprocessing(
        ColorRule.CHANNELS,
        resize,
        Sampling.BICUBIC,
        crop == null ? null : new Crop(crop, Centering.HALF_EVEN, 0),
        ChannelStats.imageNet());
  }

  private void same(ResizeRule resize, @Nullable ImageSize crop) throws IOException {
    Preprocessing written = preprocessing(resize, crop);
    Files.writeString(
        folder.resolve("preprocessor_config.json"), ProcessorJson.write(written).toString());
    Preprocessing read =
        TransformersProcessor.read(folder, ProcessorOptions.defaults()).preprocessing();
    assertEquals(written.size(), read.size());
    assertEquals(resize, read.resize());
    assertEquals(written.sampling().filter(), read.sampling().filter());
    assertEquals(written.stats(), read.stats());
  }

  @Test
  void transformersReadsTheSameSteps() throws IOException {
    same(new ResizeRule.Exact(SIZE), null);
    same(new ResizeRule.Exact(new ImageSize(24, 40)), null);
    same(new ResizeRule.Exact(ImageSize.square(37)), SIZE);
    same(new ResizeRule.ShortestEdge(37), SIZE);
  }

  @Test
  void whatTransformersCannotStateIsRefused() {
    Preprocessing covered =
        preprocessing(
            new ResizeRule.KeepRatio(new ImageSize(26, 44), false), new ImageSize(24, 40));
    assertThrows(FormatException.class, () -> ProcessorJson.write(covered));
    Preprocessing bordered =
        preprocessing(new ResizeRule.KeepRatio(SIZE, true), ImageSize.square(40));
    assertThrows(FormatException.class, () -> ProcessorJson.write(bordered));
  }

  @Test
  void onnxStatesAnyPreprocessing() {
    Preprocessing cut = preprocessing(new ResizeRule.Exact(ImageSize.square(37)), SIZE);
    assertEquals(37, ExportNotes.of(cut).pixels().path("resize").asInt());
    Preprocessing bordered =
        preprocessing(new ResizeRule.KeepRatio(SIZE, true), ImageSize.square(40));
    String described = ExportNotes.of(bordered).pixels().path("description").asText();
    assertTrue(described.contains("resized to fit into 32"), described);
  }
}
