package io.github.maskalign.vit.weights.processor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.image.preprocess.Centering;
import io.github.maskalign.vit.image.preprocess.ColorRule;
import io.github.maskalign.vit.image.preprocess.Crop;
import io.github.maskalign.vit.image.preprocess.Preprocessing;
import io.github.maskalign.vit.image.preprocess.ResizeRule;
import io.github.maskalign.vit.image.preprocess.Sampling;
import io.github.maskalign.vit.image.resize.Arithmetic;
import io.github.maskalign.vit.image.resize.Filter;
import io.github.maskalign.vit.json.JsonFiles;
import io.github.maskalign.vit.json.JsonKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Reads the preprocessing in OpenCLIP's {@code open_clip_config.json}. The size is that of the
 * network.
 *
 * @since 0.1.0
 */
public final class OpenClipProcessor {

  private static final Set<String> READ =
      Set.of("size", "mode", "mean", "std", "interpolation", "resize_mode", "fill_color");

  private static final int USUAL_SIZE = 224;

  private OpenClipProcessor() {}

  /**
   * Reads the file of a folder.
   *
   * @throws FormatException if it is damaged, or asks for what OpenCLIP refuses
   * @throws java.io.UncheckedIOException if there is none, or it cannot be read
   */
  public static Processor read(Path folder) {
    Path file = folder.resolve("open_clip_config.json");
    JsonNode json = JsonFiles.object(file, JsonKind.CONFIGURATION);
    return Settings.of(file.toString(), () -> of(file.toString(), json));
  }

  private static Processor of(String file, JsonNode json) {
    Settings vision = new Settings(json.path("model_cfg").path("vision_cfg"));
    JsonNode stated = json.path("preprocess_cfg");
    if (!stated.isMissingNode() && !stated.isNull() && !stated.isObject()) {
      throw Settings.fault("preprocess_cfg", stated, "an object");
    }
    Settings settings = new Settings(stated);
    List<String> notes = new ArrayList<>();
    if (stated.isEmpty()) {
      notes.add(file + ": states no preprocessing; OpenCLIP's defaults apply");
    }
    notes.addAll(settings.unknown(file, READ));
    return new Processor(preprocessing(size(vision), settings), notes);
  }

  /** OpenCLIP's defaults. */
  static Preprocessing usual(ImageSize size) {
    return preprocessing(size, new Settings(MissingNode.getInstance()));
  }

  private static ImageSize size(Settings vision) {
    JsonNode value = vision.value("image_size");
    if (value == null) {
      return ImageSize.square(USUAL_SIZE);
    }
    return value.isArray()
        ? vision.pair("image_size", value)
        : ImageSize.square(vision.side("image_size", value));
  }

  private static Preprocessing preprocessing(ImageSize size, Settings settings) {
    requireOneOf("mode", settings.text("mode", "RGB"), "RGB");
    String interpolation = settings.text("interpolation", "bicubic");
    requireOneOf("interpolation", interpolation, "bicubic", "bilinear", "random");
    String mode = settings.text("resize_mode", "shortest");
    requireOneOf("resize_mode", mode, "shortest", "longest", "squash");
    Filter filter = interpolation.equals("bilinear") ? Filter.BILINEAR : Filter.BICUBIC;
    // OpenCLIP passes the filter on for squares only.
    boolean covers = mode.equals("shortest") && !size.isSquare();
    ResizeRule resize =
        switch (mode) {
          case "longest" -> new ResizeRule.KeepRatio(size, true);
          case "squash" -> new ResizeRule.Exact(size);
          default ->
              covers
                  ? new ResizeRule.KeepRatio(size, false)
                  : new ResizeRule.ShortestEdge(size.height());
        };
    JsonNode fill = settings.value("fill_color");
    int level = fill == null ? 0 : settings.whole("fill_color", fill, 0, 255);
    return new Preprocessing(
        ColorRule.AFTER_RESIZING,
        resize,
        covers ? Sampling.BICUBIC : new Sampling(filter, Arithmetic.PILLOW),
        mode.equals("squash") ? null : new Crop(size, Centering.HALF_EVEN, level),
        settings.meanAndStd(ChannelStats.clip()).forChannels(Picture.RGB));
  }

  private static void requireOneOf(String key, String value, String... allowed) {
    if (!List.of(allowed).contains(value)) {
      throw new FormatException(
          "'%s' is '%s', expected %s".formatted(key, value, String.join(", ", allowed)));
    }
  }
}
