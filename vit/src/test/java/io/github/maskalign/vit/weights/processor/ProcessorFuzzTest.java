package io.github.maskalign.vit.weights.processor;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.testing.fuzz.ByteMutator;
import io.github.maskalign.tensor.testing.fuzz.FuzzContract;
import io.github.maskalign.vit.image.DamagedPictureException;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.image.PixelMode;
import io.github.maskalign.vit.image.StoredPicture;
import io.github.maskalign.vit.image.preprocess.PixelValues;
import io.github.maskalign.vit.image.preprocess.Preprocessing;
import io.github.maskalign.vit.json.JsonMutations;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;

/** Reads mutated processor files of each library, and prepares images as they say. */
class ProcessorFuzzTest extends FuzzContract {

  private static final String CLIP =
      """
      {"image_processor_type": "CLIPImageProcessor", "do_resize": true, "size":
       {"shortest_edge": 8, "longest_edge": 12}, "resample": 3, "do_center_crop": true,
       "crop_size": {"height": 8, "width": 9}, "do_rescale": true, "rescale_factor": 0.0039,
       "do_normalize": true, "image_mean": [0.5, 0.4, 0.3], "image_std": 0.25,
       "do_convert_rgb": true, "do_pad": false, "pad_size": {"height": 8, "width": 8}}
      """;
  private static final String NAFLEX =
      """
      {"image_processor_type": "Siglip2ImageProcessorFast", "patch_size": 2, "max_num_patches": 9,
       "resample": 2, "do_convert_rgb": null}
      """;
  private static final String DINOV3 =
      """
      {"image_processor_type": "DINOv3ViTImageProcessor", "size": [8, 7], "resample": 3,
       "default_to_square": true, "feature_extractor_type": "ViTFeatureExtractor"}
      """;
  private static final String TIMM =
      """
      {"architecture": "vit_tiny_patch16_224", "model_args": {"img_size": [8, 9]},
       "pretrained_cfg": {"input_size": [3, 8, 8], "test_input_size": [3, 9, 9],
       "fixed_input_size": true, "crop_pct": 0.9, "test_crop_pct": 1.0, "crop_mode": "border",
       "interpolation": "bilinear", "mean": [0.5, 0.4, 0.3], "std": [0.25, 0.25, 0.2]}}
      """;
  private static final String OPEN_CLIP =
      """
      {"model_cfg": {"vision_cfg": {"image_size": [8, 9]}}, "preprocess_cfg": {"size": 8,
       "mode": "RGB", "interpolation": "bicubic", "resize_mode": "longest", "fill_color": 7,
       "mean": [0.5, 0.4, 0.3], "std": 0.25}}
      """;

  /** Larger results are not computed: their memory is the wanted one. */
  private static final long MAX_AREA = 1 << 14;

  private final List<StoredPicture> pictures =
      List.of(
          StoredPicture.of(Picture.of(new byte[3 * 7 * 5], 3, 7, 5)),
          StoredPicture.of(Picture.of(new byte[40], 1, 1, 40)),
          StoredPicture.of(PixelMode.RGBA, Picture.of(new byte[4 * 6 * 6], 4, 6, 6)));

  @TempDir private Path folder;

  @Override
  protected ByteMutator mutator() {
    return new ByteMutator(
        List.of(CLIP, NAFLEX, DINOV3, TIMM, OPEN_CLIP).stream()
            .map(text -> text.getBytes(StandardCharsets.UTF_8))
            .toList(),
        List.of(JsonMutations.TOKENS));
  }

  @Override
  protected void read(byte[] file, String name) throws IOException {
    byte[] json = JsonMutations.withNumbers(file, name);
    String text = new String(json, StandardCharsets.ISO_8859_1);
    Path place = Files.createDirectories(folder.resolve(name));
    try (var earlier = Files.list(place)) {
      for (Path each : earlier.toList()) {
        Files.delete(each);
      }
    }
    if (text.contains("preprocess_cfg")) {
      Files.write(place.resolve("open_clip_config.json"), json);
      prepare(OpenClipProcessor.read(place));
    } else if (text.contains("architecture")) {
      Files.write(place.resolve("config.json"), json);
      for (boolean tests : new boolean[] {false, true}) {
        prepare(TimmProcessor.read(place, ProcessorOptions.defaults().withTestSize(tests)));
      }
    } else {
      Files.write(place.resolve("preprocessor_config.json"), json);
      for (ImageBackend each : ImageBackend.values()) {
        ProcessorOptions options = ProcessorOptions.defaults().withImageBackend(each);
        prepare(TransformersProcessor.read(place, options));
      }
    }
  }

  private void prepare(Processor processor) {
    Preprocessing preprocessing = processor.preprocessing();
    assertFalse(preprocessing.description().isBlank());
    for (StoredPicture picture : pictures) {
      long[] sides =
          preprocessing.resize().sides(picture.samples().height(), picture.samples().width());
      boolean small = sides[0] * (double) sides[1] <= MAX_AREA;
      if (!small || preprocessing.size().filter(size -> area(size) > MAX_AREA).isPresent()) {
        continue;
      }
      try {
        PixelValues values = preprocessing.prepare(picture);
        preprocessing
            .size()
            .ifPresent(
                size ->
                    assertTrue(values.height() == size.height() && values.width() == size.width()));
      } catch (ShapeException | ArgumentException | DamagedPictureException e) {
        assertFalse(e.getMessage().isBlank());
      }
    }
  }

  private static long area(ImageSize size) {
    return (long) size.height() * size.width();
  }
}
