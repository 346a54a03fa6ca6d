package io.github.maskalign.vit.weights;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.Preprocessing;
import io.github.maskalign.vit.json.JsonFiles;
import io.github.maskalign.vit.json.JsonKind;
import io.github.maskalign.vit.weights.file.WeightFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * How to use a network, as stated by its weight file and the files beside it: the metadata of files
 * of this library, Hugging Face's {@code preprocessor_config.json}, timm's {@code config.json}.
 *
 * @param preprocessing of images
 * @param license of the weights
 * @since 0.1.0
 */
public record ModelCard(Preprocessing preprocessing, String license) {

  private static final String NOTE = "pixels";
  private static final String MEAN = "mean";
  private static final String STD = "std";
  private static final String LICENSE = "license";
  // The spelling of files that earlier versions wrote.
  private static final String BRITISH_LICENSE = "licence";
  private static final String UNKNOWN = "not stated";

  /**
   * Reads the card of a network. Without any statistics, those of ImageNet apply.
   *
   * @throws FormatException if a file beside the weights is damaged
   */
  public static ModelCard of(NetworkFile network) {
    WeightFile file = network.file();
    Path first = file.files().getFirst();
    String own = file.metadata().get(NOTE);
    JsonNode processor = read(first.resolveSibling("preprocessor_config.json"));
    JsonNode timm = read(first.resolveSibling("config.json")).path("pretrained_cfg");
    String license =
        license(file.metadata())
            .orElseGet(() -> timm.path(LICENSE).asText(timm.path(BRITISH_LICENSE).asText(UNKNOWN)));
    int size = network.config().imageSize();
    ChannelStats usual = ChannelStats.imageNet().forChannels(network.config().channels());
    if (own != null) {
      JsonNode note =
          JsonFiles.object(first + ", metadata '" + NOTE + "'", own, JsonKind.CONFIGURATION);
      return new ModelCard(Preprocessing.of(size, stats(note, MEAN, STD, usual)), license);
    }
    if (!processor.isMissingNode()) {
      ChannelStats stats = stats(processor, "image_mean", "image_std", usual);
      int shortSide = shortSide(processor.path("size"), size);
      return new ModelCard(new Preprocessing(size, shortSide, false, stats), license);
    }
    ChannelStats stats = stats(timm, MEAN, STD, usual);
    return new ModelCard(
        timm.has("crop_pct")
            ? Preprocessing.centerCrop(size, timm.get("crop_pct").asDouble(), stats)
            : Preprocessing.of(size, stats),
        license);
  }

  /** The license in the metadata of a weight file; empty if it states none. */
  public static Optional<String> license(Map<String, String> metadata) {
    return Optional.ofNullable(metadata.get(LICENSE))
        .or(() -> Optional.ofNullable(metadata.get(BRITISH_LICENSE)));
  }

  /** For images of another size. */
  public ModelCard withSize(int imageSize) {
    return new ModelCard(preprocessing.withSize(imageSize), license);
  }

  /** The statistics by which images are normalized. */
  public ChannelStats stats() {
    return preprocessing.stats();
  }

  /** Metadata for weight files, which {@link #of} reads. */
  public static Map<String, String> note(ChannelStats stats) {
    ObjectNode note = new ObjectMapper().createObjectNode();
    Arrays.stream(stats.mean()).forEach(note.putArray(MEAN)::add);
    Arrays.stream(stats.std()).forEach(note.putArray(STD)::add);
    return Map.of(NOTE, note.toString());
  }

  private static JsonNode read(Path path) {
    return Files.exists(path)
        ? JsonFiles.object(path, JsonKind.CONFIGURATION)
        : MissingNode.getInstance();
  }

  private static ChannelStats stats(JsonNode json, String mean, String std, ChannelStats usual) {
    return json.has(mean) && json.has(std)
        ? new ChannelStats(numbers(json.get(mean)), numbers(json.get(std)))
        : usual;
  }

  private static double[] numbers(JsonNode list) {
    double[] numbers = new double[list.size()];
    Arrays.setAll(numbers, i -> list.get(i).asDouble());
    return numbers;
  }

  /** Older files have a number, newer ones an object; height and width mean any aspect ratio. */
  private static int shortSide(JsonNode resized, int size) {
    if (resized.has("height")) {
      return 0;
    }
    return Math.max(size, resized.path("shortest_edge").asInt(resized.asInt(0)));
  }
}
