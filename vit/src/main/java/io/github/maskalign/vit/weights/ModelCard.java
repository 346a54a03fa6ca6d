package io.github.maskalign.vit.weights;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.TensorException;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.image.Preprocessing;
import io.github.maskalign.vit.json.JsonFiles;
import io.github.maskalign.vit.json.JsonKind;
import io.github.maskalign.vit.weights.file.WeightFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * How to use a network, as stated by its weight file and the files beside it: the metadata of files
 * of this library, Hugging Face's {@code preprocessor_config.json}, timm's {@code config.json}.
 *
 * @param preprocessing of images
 * @param license of the weights
 * @since 0.1.0
 */
public record ModelCard(Preprocessing preprocessing, String license) {

  private static final String WHAT = "preprocessing";
  private static final String NOTE = "pixels";
  private static final String MEAN = "mean";
  private static final String STD = "std";
  private static final String LICENSE = "license";
  // The spelling of files that earlier versions wrote.
  private static final String BRITISH_LICENSE = "licence";
  private static final String UNKNOWN = "not stated";

  /** How many times the size of its crop an image may be resized to. */
  private static final int MAX_ENLARGED = 8;

  private static final int MAX_CHANNELS = 64;

  /**
   * Reads the card of a network. Without any statistics, those of ImageNet apply.
   *
   * @throws FormatException if a file beside the weights is damaged
   */
  public static ModelCard of(NetworkFile network) {
    WeightFile file = network.file();
    Path first = file.files().getFirst();
    Path processor = first.resolveSibling("preprocessor_config.json");
    Path config = first.resolveSibling("config.json");
    JsonNode timm = read(config).path("pretrained_cfg");
    String license =
        license(file.metadata())
            .orElseGet(() -> timm.path(LICENSE).asText(timm.path(BRITISH_LICENSE).asText(UNKNOWN)));
    ViTConfig own = network.config();
    String note = file.metadata().get(NOTE);
    if (note != null) {
      String name = first + ", metadata '" + NOTE + "'";
      JsonNode json = JsonFiles.object(name, note, JsonKind.CONFIGURATION);
      return new ModelCard(checked(name, () -> ofNote(json, own)), license);
    }
    if (Files.exists(processor)) {
      JsonNode json = read(processor);
      return new ModelCard(checked(processor.toString(), () -> ofProcessor(json, own)), license);
    }
    return new ModelCard(checked(config.toString(), () -> ofTimm(timm, own)), license);
  }

  private static Preprocessing checked(String name, Supplier<Preprocessing> read) {
    try {
      return read.get();
    } catch (TensorException e) {
      throw new FormatException(name + ": " + e.getMessage(), e);
    }
  }

  private static Preprocessing ofNote(JsonNode note, ViTConfig config) {
    return Preprocessing.of(side(config), stats(note, MEAN, STD, config));
  }

  private static Preprocessing ofProcessor(JsonNode json, ViTConfig config) {
    int size = side(config);
    ChannelStats stats = stats(json, "image_mean", "image_std", config);
    return new Preprocessing(size, shortSide(json.path("size"), size), false, stats);
  }

  private static Preprocessing ofTimm(JsonNode json, ViTConfig config) {
    int size = side(config);
    ChannelStats stats = stats(json, MEAN, STD, config);
    JsonNode crop = json.path("crop_pct");
    if (crop.isMissingNode() || crop.isNull()) {
      return Preprocessing.of(size, stats);
    }
    if (!crop.isNumber() || !(crop.doubleValue() >= 1.0 / MAX_ENLARGED)) {
      throw new FormatException(
          "'crop_pct' is %s, expected a number of at least %s".formatted(crop, 1.0 / MAX_ENLARGED));
    }
    return Preprocessing.centerCrop(size, crop.doubleValue(), stats);
  }

  /** The license in the metadata of a weight file; empty if it states none. */
  public static Optional<String> license(Map<String, String> metadata) {
    return Optional.ofNullable(metadata.get(LICENSE))
        .or(() -> Optional.ofNullable(metadata.get(BRITISH_LICENSE)));
  }

  /** For images of another size. */
  public ModelCard withSize(ImageSize imageSize) {
    int side = imageSize.requireSquare(WHAT);
    return new ModelCard(preprocessing.withSize(side), license);
  }

  private static int side(ViTConfig config) {
    return config.imageSize().requireSquare(WHAT);
  }

  /** The statistics by which images are normalized. */
  public ChannelStats stats() {
    return preprocessing.stats();
  }

  /** Metadata for weight files, which {@link #of} reads. */
  public static Map<String, String> note(ChannelStats stats) {
    ObjectNode note = JsonNodeFactory.instance.objectNode();
    Arrays.stream(stats.mean()).forEach(note.putArray(MEAN)::add);
    Arrays.stream(stats.std()).forEach(note.putArray(STD)::add);
    return Map.of(NOTE, note.toString());
  }

  private static JsonNode read(Path path) {
    return Files.exists(path)
        ? JsonFiles.object(path, JsonKind.CONFIGURATION)
        : MissingNode.getInstance();
  }

  private static ChannelStats stats(JsonNode json, String mean, String std, ViTConfig config) {
    return json.has(mean) && json.has(std)
        ? new ChannelStats(numbers(mean, json.get(mean)), numbers(std, json.get(std)))
        : ChannelStats.imageNet().forChannels(config.channels());
  }

  private static double[] numbers(String key, JsonNode list) {
    double[] numbers = new double[Math.min(list.size(), MAX_CHANNELS)];
    for (int i = 0; i < list.size(); i++) {
      if (i == MAX_CHANNELS || !list.get(i).isNumber()) {
        throw new FormatException("'%s' is not a list of numbers, one per channel".formatted(key));
      }
      numbers[i] = list.get(i).doubleValue();
    }
    return numbers;
  }

  /** Older files have a number, newer ones an object; height and width mean any aspect ratio. */
  private static int shortSide(JsonNode resized, int size) {
    if (resized.has("height")) {
      return 0;
    }
    JsonNode edge = resized.isObject() ? resized.path("shortest_edge") : resized;
    if (edge.isMissingNode() || edge.isNull()) {
      return size;
    }
    if (!edge.isIntegralNumber()
        || !edge.canConvertToInt()
        || edge.intValue() < 1
        || edge.intValue() / MAX_ENLARGED >= size) {
      throw new FormatException(
          "'size' is %s, expected 1 to %d pixels for images of %d"
              .formatted(edge, (long) size * MAX_ENLARGED, size));
    }
    return Math.max(size, edge.intValue());
  }
}
