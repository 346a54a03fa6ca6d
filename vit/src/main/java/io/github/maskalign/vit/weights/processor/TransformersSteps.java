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
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
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

  private static final String FACTOR = "rescale_factor";
  private static final String NORMALIZE = "do_normalize";
  private static final String LONGEST = "longest_edge";

  private static final long MAX_PIXELS = (long) Settings.MAX_SIDE * Settings.MAX_SIDE;

  Preprocessing preprocessing() {
    boolean rescaled = settings.flag("do_rescale", true);
    boolean resized = settings.flag("do_resize", true);
    requireFloats(rescaled);
    Arithmetic used = kind.arithmetic(arithmetic, rescaled);
    Preprocessing preprocessing =
        new Preprocessing(
            ProcessorClass.colors(convertsToRgb()),
            resized ? resize() : unresized(),
            resized ? new Sampling(filter(), used) : Sampling.BICUBIC,
            cropped() ? crop() : null,
            stats(rescaled ? factor() : 1));
    requireUnpadded(preprocessing);
    return preprocessing;
  }

  private boolean convertsToRgb() {
    return settings.flag("do_convert_rgb", kind.convertsToRgb);
  }

  /** SigLIP 2 makes patches of the resized image, and wants a size all the same. */
  private boolean cropped() {
    boolean asked = settings.flag("do_center_crop", kind.crop != null);
    if (asked && kind == ProcessorClass.SIGLIP2) {
      crop();
      return false;
    }
    return asked;
  }

  private ResizeRule unresized() {
    if (kind == ProcessorClass.SIGLIP2) {
      throw new FormatException(
          "'do_resize' is off, so that %s takes images of whole patches only, which is not supported"
              .formatted(kind));
    }
    return new ResizeRule.None();
  }

  /** DINOv3's images are rescaled before they are resized, and must be floats to be normalized. */
  private void requireFloats(boolean rescaled) {
    if (kind != ProcessorClass.DINOV3) {
      return;
    }
    if (rescaled && settings.json().path(FACTOR).isIntegralNumber()) {
      throw Settings.fault(
          FACTOR,
          settings.json().get(FACTOR),
          "a number with a fraction, as %s needs".formatted(kind));
    }
    if (!rescaled && settings.flag(NORMALIZE, true)) {
      throw new FormatException(
          "'do_rescale' is off, but %s normalizes rescaled images only; '%s' must be off too"
              .formatted(kind, NORMALIZE));
    }
  }

  /** Padding follows normalization; without a size it fills up batches. */
  private void requireUnpadded(Preprocessing preprocessing) {
    JsonNode value = settings.value("pad_size");
    boolean ignored = kind == ProcessorClass.SIGLIP2 || kind == ProcessorClass.DINOV3;
    if (ignored || value == null || !settings.flag("do_pad", false)) {
      return;
    }
    ImageSize size = size("pad_size", value);
    if (!preprocessing.size().equals(Optional.of(size))) {
      throw new FormatException(
          "'do_pad' to %s pixels is not supported; resize or crop to this size".formatted(size));
    }
  }

  // ---- sizes ----

  private ResizeRule resize() {
    if (kind == ProcessorClass.SIGLIP2) {
      return patches(ProcessorClass.patches());
    }
    boolean square = settings.flag("default_to_square", kind.squareSize);
    if (kind == ProcessorClass.CLIP && settings.flag("use_square_size", false)) {
      return new ResizeRule.Exact(
          ImageSize.square(((ResizeRule.ShortestEdge) kind.resize).length()));
    }
    if (!settings.has(SIZE)) {
      return kind.resize;
    }
    JsonNode value = required(SIZE);
    if (value.isArray()) {
      return new ResizeRule.Exact(settings.leadingPair(SIZE, value));
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
    Set<String> keys = new TreeSet<>();
    value.fieldNames().forEachRemaining(keys::add);
    // The only key that may be null.
    if (sides.value(LONGEST) == null && keys.contains("shortest_edge")) {
      keys.remove(LONGEST);
    }
    return switch (String.join(" ", keys)) {
      case "height width" ->
          new ResizeRule.Exact(new ImageSize(side(sides, "height"), side(sides, "width")));
      case "shortest_edge" -> new ResizeRule.ShortestEdge(side(sides, "shortest_edge"));
      case "longest_edge shortest_edge" ->
          new ResizeRule.ShortestWithin(side(sides, "shortest_edge"), side(sides, LONGEST));
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
    return sides.side(key, sides.json().path(key));
  }

  private ResizeRule patches(ResizeRule.WholePatches absent) {
    int side =
        settings.has("patch_size")
            ? settings.side("patch_size", settings.json().get("patch_size"))
            : absent.patchSize();
    JsonNode count = settings.json().get("max_num_patches");
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
    ImageSize size = settings.has(CROP_SIZE) ? size(CROP_SIZE, required(CROP_SIZE)) : usualCrop;
    if (size == null) {
      throw new FormatException("'do_center_crop' needs a 'crop_size'");
    }
    return ProcessorClass.crop(size, arithmetic);
  }

  private ImageSize size(String key, JsonNode value) {
    if (value.isArray()) {
      return settings.leadingPair(key, value);
    }
    if (!value.isObject()) {
      return ImageSize.square(settings.side(key, value));
    }
    JsonNode height = value.path("height");
    JsonNode width = value.path("width");
    return new ImageSize(settings.side(key, height), settings.side(key, width));
  }

  // ---- values ----

  private Filter filter() {
    if (!settings.has("resample")) {
      return kind.filter;
    }
    if (kind == ProcessorClass.SIGLIP2 && settings.value("resample") == null) {
      return Filter.BILINEAR;
    }
    JsonNode value = required("resample");
    Optional<Filter> known =
        // Transformers looks names up on torchvision only.
        value.isTextual() && arithmetic != Arithmetic.PILLOW
            ? Filter.ofName(value.textValue())
            : value.isInt() ? Filter.ofNumber(value.intValue()) : Optional.empty();
    return known.orElseThrow(
        () ->
            Settings.fault(
                "resample", value, "0 to 5: nearest, Lanczos, bilinear, bicubic, box, Hamming"));
  }

  private double factor() {
    return settings.has(FACTOR) ? settings.positive(FACTOR, required(FACTOR)) : 1.0 / 255;
  }

  /**
   * Statistics of pixels from 0 to 1 that have the effect of the factor and those of the file:
   * {@code (255 f v - mean) / std = (v - mean / 255 f) / (std / 255 f)}.
   */
  private ChannelStats stats(double factor) {
    double[] mean = {0};
    double[] std = {1};
    if (settings.flag(NORMALIZE, true)) {
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
    if (!settings.has(key)) {
      return absent;
    }
    JsonNode value = required(key);
    boolean pillow = kind.arithmetic(arithmetic, true) == Arithmetic.PILLOW;
    if (pillow && convertsToRgb() && value.isArray() && value.size() == 1) {
      throw Settings.fault(key, value, "3 numbers or, outside of a list, one for all channels");
    }
    return settings.perChannel(key, value);
  }

  private JsonNode required(String key) {
    JsonNode value = settings.value(key);
    if (value == null) {
      throw new FormatException("'%s' is null, but a step that is not off needs it".formatted(key));
    }
    return value;
  }
}
