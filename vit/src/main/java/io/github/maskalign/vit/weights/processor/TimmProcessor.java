package io.github.maskalign.vit.weights.processor;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.Printable;
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
import io.github.maskalign.vit.weights.config.PretrainedConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the preprocessing in timm's {@code config.json}: {@code pretrained_cfg}, or in older files
 * its fields at the top level.
 *
 * @since 0.1.0
 */
public final class TimmProcessor {

  private static final ImageSize USUAL_SIZE = ImageSize.square(224);
  private static final double CROP_FRACTION = 0.875;
  private static final String CROP_MODE = "crop_mode";
  private static final String CENTER = "center";

  /** The fields of timm's configuration; it refuses others. */
  private static final Set<String> KNOWN =
      Set.of(
          "architecture",
          "classifier",
          "crop_mode",
          "crop_pct",
          "custom_load",
          "description",
          "file",
          "first_conv",
          "fixed_input_size",
          "hf_hub_filename",
          "hf_hub_id",
          "input_size",
          "interpolation",
          "label_descriptions",
          "label_names",
          "label_offset",
          "license",
          "licence",
          "mean",
          "min_input_size",
          "notes",
          "num_classes",
          "origin_url",
          "paper_ids",
          "paper_name",
          "pool_size",
          "source",
          "state_dict",
          "std",
          "tag",
          "test_crop_pct",
          "test_input_size",
          "test_pool_size",
          "url");

  /** Of how much less than an image's side an input may be, which bounds the memory. */
  private static final double MIN_FRACTION = 1.0 / 8;

  private static final double MAX_FRACTION = 8;

  private final Settings config;
  private final Settings pretrained;
  private final boolean testSize;

  private TimmProcessor(Settings config, Settings pretrained, boolean testSize) {
    this.config = config;
    this.pretrained = pretrained;
    this.testSize = testSize;
  }

  /** Whether a configuration is timm's. */
  public static boolean isTimm(JsonNode json) {
    return PretrainedConfig.isNested(json) || json.path("architecture").isTextual();
  }

  /**
   * Reads the file of a folder.
   *
   * @throws FormatException if it is damaged
   * @throws java.io.UncheckedIOException if there is none, or it cannot be read
   */
  public static Processor read(Path folder, ProcessorOptions options) {
    Path file = folder.resolve("config.json");
    return read(file, JsonFiles.object(file, JsonKind.CONFIGURATION), USUAL_SIZE, options);
  }

  /**
   * Reads the content of a file.
   *
   * @param network size of its images, which the file may not state
   */
  static Processor read(Path file, JsonNode json, ImageSize network, ProcessorOptions options) {
    return Settings.of(file.toString(), () -> of(file.toString(), json, network, options));
  }

  private static Processor of(
      String file, JsonNode json, ImageSize network, ProcessorOptions options) {
    Settings config = new Settings(json);
    Settings pretrained = new Settings(PretrainedConfig.of(json));
    return new Processor(
        new TimmProcessor(config, pretrained, options.testSize()).preprocessing(network),
        notes(file, pretrained, PretrainedConfig.isNested(json)));
  }

  private static List<String> notes(String file, Settings pretrained, boolean nested) {
    List<String> notes = new ArrayList<>();
    List<String> absent =
        Stream.of("interpolation", "crop_pct", "mean", "std")
            .filter(key -> pretrained.value(key) == null)
            .toList();
    if (!absent.isEmpty()) {
      notes.add(
          "%s: does not state %s; timm's defaults apply"
              .formatted(file, String.join(", ", absent)));
    }
    String mode = pretrained.text(CROP_MODE, CENTER);
    if (!Set.of(CENTER, "border", "squash").contains(mode)) {
      notes.add(
          "%s: 'crop_mode' %s is not known; read as %s, as by timm"
              .formatted(file, Printable.line(mode), CENTER));
    }
    if (nested) {
      notes.addAll(pretrained.unknown(file, KNOWN));
    }
    return notes;
  }

  private Preprocessing preprocessing(ImageSize network) {
    int channels = Picture.RGB;
    ImageSize size = network;
    JsonNode input = chosen("test_input_size", "input_size");
    if (input != null) {
      if (!input.isArray() || input.size() != 3) {
        throw Settings.fault("input_size", input, "channels, height and width");
      }
      channels = pretrained.whole("input_size", input.get(0), 1, 64);
      size =
          new ImageSize(
              pretrained.side("input_size", input.get(1)),
              pretrained.side("input_size", input.get(2)));
    }
    ImageSize built = builtSize();
    size = built == null ? size : built;
    double fraction = fraction();
    ImageSize scaled =
        new ImageSize(scaled(size.height(), fraction), scaled(size.width(), fraction));
    ChannelStats stats = stats(channels);
    String mode = pretrained.text(CROP_MODE, CENTER);
    ResizeRule resize =
        switch (mode) {
          case "squash" -> new ResizeRule.Exact(scaled);
          case "border" -> new ResizeRule.KeepRatio(scaled, true);
          default ->
              scaled.isSquare()
                  ? new ResizeRule.ShortestEdge(scaled.height())
                  : new ResizeRule.KeepRatio(scaled, false);
        };
    int[] border = {0};
    if (mode.equals("border")) {
      border = Arrays.stream(stats.mean()).mapToInt(v -> (int) Math.rint(255 * v)).toArray();
    }
    return new Preprocessing(
        channels == Picture.RGB ? ColorRule.RGB : ColorRule.CHANNELS,
        resize,
        sampling(),
        new Crop(size, Centering.HALF_EVEN, border),
        stats);
  }

  private @Nullable JsonNode chosen(String forTests, String usual) {
    JsonNode value = testSize ? pretrained.value(forTests) : null;
    return value == null ? pretrained.value(usual) : value;
  }

  /** The size that a network of a fixed size was built for, if it is not the published one. */
  private @Nullable ImageSize builtSize() {
    JsonNode built = config.json().path("model_args").path("img_size");
    boolean forTests = testSize && pretrained.value("test_input_size") != null;
    if (forTests
        || built.isMissingNode()
        || built.isNull()
        || !pretrained.flag("fixed_input_size", false)) {
      return null;
    }
    return built.isArray()
        ? config.pair("img_size", built)
        : ImageSize.square(config.side("img_size", built));
  }

  private double fraction() {
    JsonNode value = chosen("test_crop_pct", "crop_pct");
    if (value == null || value.isNumber() && value.doubleValue() == 0) {
      return CROP_FRACTION;
    }
    double fraction = pretrained.positive("crop_pct", value);
    if (fraction < MIN_FRACTION || fraction > MAX_FRACTION) {
      throw Settings.fault(
          "crop_pct", value, "a number from %s to %s".formatted(MIN_FRACTION, MAX_FRACTION));
    }
    return fraction;
  }

  private static int scaled(int side, double fraction) {
    return Math.max(1, (int) Math.floor(side / fraction));
  }

  private Sampling sampling() {
    String name = pretrained.text("interpolation", "bicubic");
    Filter filter =
        Filter.ofName(name)
            .orElseThrow(
                () ->
                    new FormatException(
                        "'interpolation' is '%s', expected one of %s"
                            .formatted(name, Arrays.toString(Filter.values()))));
    return new Sampling(filter, Arithmetic.PILLOW);
  }

  private ChannelStats stats(int channels) {
    ChannelStats usual = ChannelStats.imageNet().forChannels(channels);
    ChannelStats stats = pretrained.meanAndStd(usual);
    if (stats.channels() != 1 && stats.channels() != channels) {
      throw new FormatException(
          "'mean' is of %d channels, 'input_size' of %d".formatted(stats.channels(), channels));
    }
    return stats.forChannels(channels);
  }
}
