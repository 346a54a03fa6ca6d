package io.github.maskalign.vit.weights.processor;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.ImageSize;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code preprocessor_config.json} and {@code processor_config.json} as transformers 5 does:
 * an absent key has the default of the class, null means none.
 *
 * @since 0.1.0
 */
public final class TransformersProcessor {

  private static final String PREPROCESSOR = "preprocessor_config.json";
  private static final String PROCESSOR = "processor_config.json";
  private static final String CONFIG = "config.json";
  private static final String NESTED = "image_processor";
  private static final String TYPE = "image_processor_type";
  private static final String OLD_TYPE = "feature_extractor_type";
  private static final String SIZE = "size";
  private static final String CROP_SIZE = "crop_size";

  /** Patches of one image, and their pixels. */
  private static final int MAX_PATCHES = 1 << 14;

  private static final long MAX_PIXELS = (long) Settings.MAX_SIDE * Settings.MAX_SIDE;

  private static final Set<String> READ =
      Set.of(
          TYPE,
          OLD_TYPE,
          SIZE,
          CROP_SIZE,
          "default_to_square",
          "use_square_size",
          "resample",
          "do_resize",
          "do_center_crop",
          "do_rescale",
          "rescale_factor",
          "do_normalize",
          "image_mean",
          "image_std",
          "do_convert_rgb",
          "patch_size",
          "max_num_patches");

  /** Keys that pixels do not depend on. */
  private static final Set<String> IRRELEVANT =
      Set.of(
          "processor_class",
          "_processor_class",
          "auto_map",
          "backend",
          "data_format",
          "device",
          "disable_grouping",
          "input_data_format",
          "name_or_path",
          "num_channels",
          "return_tensors",
          "transformers_version",
          "_valid_processor_keys");

  private final ProcessorClass kind;
  private final Settings settings;
  private final Arithmetic arithmetic;
  private final @Nullable ImageSize usualCrop;

  private TransformersProcessor(
      ProcessorClass kind,
      Settings settings,
      Arithmetic arithmetic,
      @Nullable ImageSize usualCrop) {
    this.kind = kind;
    this.settings = settings;
    this.arithmetic = arithmetic;
    this.usualCrop = usualCrop;
  }

  /**
   * Reads the files of a folder.
   *
   * @throws FormatException if they are damaged, or ask for what is not supported
   * @throws java.io.UncheckedIOException if there are none, or they cannot be read
   */
  public static Processor read(Path folder, ProcessorOptions options) {
    return read(folder, nested(folder), null, options);
  }

  /**
   * Reads the files of a folder; empty if there are none.
   *
   * @param network size of its images, for files that do not name a processor
   */
  static Optional<Processor> find(Path folder, ImageSize network, ProcessorOptions options) {
    JsonNode nested = nested(folder);
    return nested != null || Files.exists(folder.resolve(PREPROCESSOR))
        ? Optional.of(read(folder, nested, network, options))
        : Optional.empty();
  }

  private static Processor read(
      Path folder,
      @Nullable JsonNode nested,
      @Nullable ImageSize network,
      ProcessorOptions options) {
    Path file = folder.resolve(nested == null ? PREPROCESSOR : PROCESSOR);
    JsonNode json = nested == null ? JsonFiles.object(file, JsonKind.CONFIGURATION) : nested;
    return Settings.of(
        file.toString(), () -> read(file, folder, new Settings(json), network, options));
  }

  private static @Nullable JsonNode nested(Path folder) {
    Path file = folder.resolve(PROCESSOR);
    if (!Files.exists(file)) {
      return null;
    }
    JsonNode nested = JsonFiles.object(file, JsonKind.CONFIGURATION).get(NESTED);
    return nested != null && nested.isObject() ? nested : null;
  }

  private static Processor read(
      Path file,
      Path folder,
      Settings settings,
      @Nullable ImageSize network,
      ProcessorOptions options) {
    List<String> notes = new ArrayList<>();
    String name = settings.text(TYPE, settings.text(OLD_TYPE, ""));
    ProcessorClass named = kind(name, folder);
    ProcessorClass kind = named == null ? likely(settings) : named;
    if (named == null) {
      notes.add("%s: names no processor; read as %s".formatted(file, kind));
    }
    Arithmetic own =
        name.endsWith(ProcessorClass.PILLOW) ? Arithmetic.PILLOW : Arithmetic.TORCHVISION;
    Arithmetic wanted = options.arithmetic() == null ? own : options.arithmetic();
    checkKeys(file, settings, notes);
    ImageSize crop = named == null && network != null && kind.crop != null ? network : kind.crop;
    Preprocessing read = new TransformersProcessor(kind, settings, wanted, crop).preprocessing();
    return new Processor(read, notes);
  }

  /** The class that a file or the network beside it names; null if neither does. */
  private static @Nullable ProcessorClass kind(String name, Path folder) {
    if (!name.isEmpty()) {
      return ProcessorClass.ofName(name)
          .orElseThrow(
              () ->
                  new FormatException(
                      "the processor '%s' is not supported; %s are"
                          .formatted(name, Arrays.toString(ProcessorClass.values()))));
    }
    return modelType(folder).flatMap(ProcessorClass::ofModelType).orElse(null);
  }

  /** By the steps that a file states, where nothing names a class. */
  private static ProcessorClass likely(Settings settings) {
    JsonNode size = settings.json().path(SIZE);
    boolean squashed = size.has("height") || size.isArray();
    return squashed && !settings.has(CROP_SIZE) ? ProcessorClass.SIGLIP : ProcessorClass.CLIP;
  }

  /** The type of the network in a folder of transformers; empty if it is not stated. */
  private static Optional<String> modelType(Path folder) {
    Path config = folder.resolve(CONFIG);
    if (!Files.exists(config)) {
      return Optional.empty();
    }
    return modelType(JsonFiles.object(config, JsonKind.CONFIGURATION));
  }

  /** The type that a configuration states; empty if none. */
  static Optional<String> modelType(JsonNode config) {
    JsonNode type = config.path("model_type");
    return type.isTextual() ? Optional.of(type.textValue()) : Optional.empty();
  }

  /** Steps that are not known would change the pixels; other unknown keys may. */
  private static void checkKeys(Path file, Settings settings, List<String> notes) {
    settings
        .json()
        .properties()
        .forEach(
            entry -> {
              String key = entry.getKey();
              JsonNode value = entry.getValue();
              boolean set = !value.isNull() && !(value.isBoolean() && !value.booleanValue());
              if (READ.contains(key) || IRRELEVANT.contains(key) || !set) {
                return;
              }
              if (key.startsWith("do_")) {
                throw new FormatException("the step '%s' is not supported".formatted(key));
              }
              notes.add("%s: '%s' is not known and not applied".formatted(file, key));
            });
  }

  private Preprocessing preprocessing() {
    boolean rescaled = settings.flag("do_rescale", true);
    boolean resized = settings.flag("do_resize", true);
    boolean floats = kind == ProcessorClass.DINOV3;
    Arithmetic used = floats ? rescaled ? Arithmetic.FLOAT : Arithmetic.TORCHVISION : arithmetic;
    return new Preprocessing(
        settings.flag("do_convert_rgb", kind.convertsToRgb)
            ? ColorRule.ON_WHITE
            : ColorRule.AS_STORED,
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
    boolean pillow = arithmetic == Arithmetic.PILLOW;
    return new Crop(size, pillow ? Centering.FLOOR : Centering.TRUNCATE, 0);
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
