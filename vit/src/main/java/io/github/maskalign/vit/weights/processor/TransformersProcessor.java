package io.github.maskalign.vit.weights.processor;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.image.resize.Arithmetic;
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
  static final String SIZE = "size";
  static final String CROP_SIZE = "crop_size";

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
          "do_pad",
          "pad_size",
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

  private TransformersProcessor() {}

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
    ProcessorClass named = kind(settings.text(TYPE, settings.text(OLD_TYPE, "")), folder);
    ProcessorClass kind = named == null ? likely(settings) : named;
    if (named == null) {
      notes.add("%s: names no processor; read as %s".formatted(file, kind));
    }
    Arithmetic wanted = options.arithmetic();
    checkKeys(file, settings, notes);
    ImageSize crop = named == null && network != null && kind.crop != null ? network : kind.crop;
    return new Processor(
        new TransformersSteps(kind, settings, wanted, crop).preprocessing(), notes);
  }

  /** The class that a file or the network beside it names; null if neither does. */
  private static @Nullable ProcessorClass kind(String name, Path folder) {
    if (!name.isEmpty()) {
      return named(name);
    }
    Path file = folder.resolve(CONFIG);
    if (!Files.exists(file)) {
      return null;
    }
    JsonNode config = JsonFiles.object(file, JsonKind.CONFIGURATION);
    String stated = new Settings(config).text(TYPE, "");
    return stated.isEmpty()
        ? modelType(config).flatMap(ProcessorClass::ofModelType).orElse(null)
        : named(stated);
  }

  private static ProcessorClass named(String name) {
    return ProcessorClass.ofName(name)
        .orElseThrow(
            () ->
                new FormatException(
                    "the processor '%s' is not supported; %s are"
                        .formatted(name, Arrays.toString(ProcessorClass.values()))));
  }

  /** By the steps that a file states, where nothing names a class. */
  private static ProcessorClass likely(Settings settings) {
    JsonNode size = settings.json().path(SIZE);
    boolean squashed = size.has("height") || size.isArray();
    return squashed && !settings.has(CROP_SIZE) ? ProcessorClass.SIGLIP : ProcessorClass.CLIP;
  }

  /** The type that a configuration states; empty if none. */
  private static Optional<String> modelType(JsonNode config) {
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
              notes.add(Settings.notApplied(file, key));
            });
  }
}
