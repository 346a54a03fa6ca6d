package io.github.maskalign.vit.weights.processor;

import static io.github.maskalign.vit.weights.processor.TransformersProcessor.CROP_SIZE;
import static io.github.maskalign.vit.weights.processor.TransformersProcessor.SIZE;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.image.preprocess.Crop;
import io.github.maskalign.vit.image.preprocess.Preprocessing;
import io.github.maskalign.vit.image.preprocess.ResizeRule;
import io.github.maskalign.vit.image.preprocess.Sampling;
import io.github.maskalign.vit.image.resize.Arithmetic;
import io.github.maskalign.vit.image.resize.Filter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a processor of transformers, from the settings of a file.
 *
 * @param kind whose defaults apply
 * @param arithmetic of the resizing, unless the class has its own
 * @param usualCrop size of the crop if the file states none
 */
record TransformersSteps(
    ProcessorClass kind, Settings settings, Arithmetic arithmetic, @Nullable ImageSize usualCrop) {

  /** Patches of one image, and their pixels. */
  private static final int MAX_PATCHES = 1 << 14;

  private static final long MAX_PIXELS = (long) Settings.MAX_SIDE * Settings.MAX_SIDE;

  Preprocessing preprocessing() {
    boolean rescaled = settings.flag("do_rescale", true);
    boolean resized = settings.flag("do_resize", true);
    Arithmetic used = kind.arithmetic(arithmetic, rescaled);
    return new Preprocessing(
        ProcessorClass.colors(settings.flag("do_convert_rgb", kind.convertsToRgb)),
        resized ? resize() : new ResizeRule.None(),
        resized ? new Sampling(filter(), used) : Sampling.BICUBIC,
        settings.flag("do_center_crop", kind.crop != null) ? crop() : null,
        stats(rescaled ? factor() : 1));
  }

  // ---- sizes ----

  private ResizeRule resize() {
    if (kind == ProcessorClass.SIGLIP2) {
      return patches((ResizeRule.WholePatches) kind.resize);
    }
    boolean square = settings.flag("default_to_square", kind.squareSize);
    if (settings.flag("use_square_size", false)
        && kind.resize instanceof ResizeRule.ShortestEdge shortest) {
      return new ResizeRule.Exact(ImageSize.square(shortest.length()));
    }
    if (!settings.has(SIZE)) {
      return kind.resize;
    }
    JsonNode value = required(SIZE);
    if (value.isArray()) {
      return new ResizeRule.Exact(settings.pair(SIZE, value));
    }
    if (!value.isObject()) {
      int side = settings.side(SIZE, value);
      return square
          ? new ResizeRule.Exact(ImageSize.square(side))
          : new ResizeRule.ShortestEdge(side);
    }
    return ofObject(value);
  }

  private ResizeRule ofObject(JsonNode value) {
    Settings sides = new Settings(value);
    List<String> keys = new ArrayList<>();
    value
        .properties()
        .forEach(
            entry -> {
              if (!entry.getValue().isNull()) {
                keys.add(entry.getKey());
              }
            });
    keys.sort(null);
    return switch (String.join(" ", keys)) {
      case "height width" ->
          new ResizeRule.Exact(new ImageSize(side(sides, "height"), side(sides, "width")));
      case "shortest_edge" -> new ResizeRule.ShortestEdge(side(sides, "shortest_edge"));
      case "longest_edge shortest_edge" ->
          new ResizeRule.ShortestWithin(side(sides, "shortest_edge"), side(sides, "longest_edge"));
      case "max_height max_width" ->
          new ResizeRule.Within(new ImageSize(side(sides, "max_height"), side(sides, "max_width")));
      default ->
          throw Settings.fault(
              SIZE,
              value,
              "height and width, shortest_edge with or without longest_edge, or max_height and"
                  + " max_width");
    };
  }

  private static int side(Settings sides, String key) {
    return sides.side(SIZE, sides.value(key));
  }

  private ResizeRule patches(ResizeRule.WholePatches absent) {
    JsonNode size = settings.value("patch_size");
    JsonNode count = settings.value("max_num_patches");
    int side =
        size == null
            ? absent.patchSize()
            : settings.whole("patch_size", size, 1, Settings.MAX_SIDE);
    int most =
        count == null
            ? absent.maxPatches()
            : settings.whole("max_num_patches", count, 1, MAX_PATCHES);
    if ((long) side * side * most > MAX_PIXELS) {
      throw new FormatException(
          "%d patches of %d x %d pixels are more than any network sees"
              .formatted(most, side, side));
    }
    return new ResizeRule.WholePatches(side, most);
  }

  private Crop crop() {
    ImageSize size = settings.has(CROP_SIZE) ? cropSize(required(CROP_SIZE)) : usualCrop;
    if (size == null) {
      throw new FormatException("'do_center_crop' needs a 'crop_size'");
    }
    return ProcessorClass.crop(size, arithmetic);
  }

  private ImageSize cropSize(JsonNode value) {
    if (value.isArray()) {
      return settings.pair(CROP_SIZE, value);
    }
    if (!value.isObject()) {
      return ImageSize.square(settings.side(CROP_SIZE, value));
    }
    JsonNode height = value.path("height");
    JsonNode width = value.path("width");
    return new ImageSize(settings.side(CROP_SIZE, height), settings.side(CROP_SIZE, width));
  }

  // ---- values ----

  private Filter filter() {
    if (!settings.has("resample")) {
      return kind.filter;
    }
    JsonNode value = required("resample");
    Optional<Filter> known =
        value.isTextual()
            ? Filter.ofName(value.textValue())
            : value.isInt() ? Filter.ofNumber(value.intValue()) : Optional.empty();
    return known.orElseThrow(
        () ->
            Settings.fault(
                "resample", value, "0 to 5: nearest, Lanczos, bilinear, bicubic, box, Hamming"));
  }

  private double factor() {
    return settings.has("rescale_factor")
        ? settings.positive("rescale_factor", required("rescale_factor"))
        : 1.0 / 255;
  }

  /**
   * Statistics of pixels from 0 to 1 that have the effect of the factor and those of the file:
   * {@code (255 f v - mean) / std = (v - mean / 255 f) / (std / 255 f)}.
   */
  private ChannelStats stats(double factor) {
    double[] mean = {0};
    double[] std = {1};
    if (settings.flag("do_normalize", true)) {
      mean = numbers("image_mean", kind.stats.mean());
      std = numbers("image_std", kind.stats.std());
    }
    double scale = 255 * factor;
    if (Math.abs(scale - 1) > 1e-12) {
      mean = Arrays.stream(mean).map(v -> v / scale).toArray();
      std = Arrays.stream(std).map(v -> v / scale).toArray();
    }
    return Settings.stats(mean, std);
  }

  private double[] numbers(String key, double[] absent) {
    return settings.has(key) ? settings.perChannel(key, required(key)) : absent;
  }

  private JsonNode required(String key) {
    JsonNode value = settings.value(key);
    if (value == null) {
      throw new FormatException("'%s' is null, but a step that is not off needs it".formatted(key));
    }
    return value;
  }
}
