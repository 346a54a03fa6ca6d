package io.github.maskalign.vit.weights;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.weights.file.JsonFiles;
import io.github.maskalign.vit.weights.file.WeightFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalInt;

/**
 * What a weight file and the files beside it say of how to use a network: the notes of our own
 * files, Hugging Face's {@code preprocessor_config.json}, timm's {@code config.json}.
 *
 * @param stats of pixels; ImageNet's if nothing is said
 * @param shortSide length of a picture's shorter side after resizing, 0 if both sides become that
 *     of the network whatever the proportions; empty if nothing is said
 * @param license of the weights
 * @since 0.1.0
 */
public record ModelCard(ChannelStats stats, OptionalInt shortSide, String license) {

  private static final String NOTE = "pixels";
  private static final String MEAN = "mean";
  private static final String STD = "std";
  private static final String UNKNOWN = "not stated";

  /**
   * The card of a network.
   *
   * @throws FormatException if a file beside it is damaged
   */
  public static ModelCard of(NetworkFile network) {
    WeightFile file = network.file();
    Path first = file.files().getFirst();
    String own = file.metadata().get(NOTE);
    JsonNode pictures = read(first.resolveSibling("preprocessor_config.json"));
    JsonNode timm = read(first.resolveSibling("config.json")).path("pretrained_cfg");
    String license = file.metadata().getOrDefault("licence", timm.path("licence").asText(UNKNOWN));
    int size = network.config().imageSize();
    ChannelStats usual = ChannelStats.imageNet().forChannels(network.config().channels());
    if (own != null) {
      JsonNode note = JsonFiles.parse(first + ", note '" + NOTE + "'", own);
      return new ModelCard(stats(note, MEAN, STD, usual), OptionalInt.empty(), license);
    }
    if (!pictures.isMissingNode()) {
      ChannelStats stats = stats(pictures, "image_mean", "image_std", usual);
      return new ModelCard(stats, OptionalInt.of(shortSide(pictures.path("size"), size)), license);
    }
    return new ModelCard(stats(timm, MEAN, STD, usual), cropped(timm, size), license);
  }

  /** The note in our own files that {@link #of} finds again. */
  public static Map<String, String> note(ChannelStats stats) {
    ObjectNode note = new ObjectMapper().createObjectNode();
    Arrays.stream(stats.mean()).forEach(note.putArray(MEAN)::add);
    Arrays.stream(stats.std()).forEach(note.putArray(STD)::add);
    return Map.of(NOTE, note.toString());
  }

  private static JsonNode read(Path path) {
    return Files.exists(path) ? JsonFiles.read(path) : MissingNode.getInstance();
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

  /** Older files say a number, newer ones its meaning; height and width mean no proportions. */
  private static int shortSide(JsonNode resized, int size) {
    if (resized.has("height")) {
      return 0;
    }
    return Math.max(size, resized.path("shortest_edge").asInt(resized.asInt(0)));
  }

  private static OptionalInt cropped(JsonNode timm, int size) {
    return timm.has("crop_pct")
        ? OptionalInt.of(Math.max(size, (int) (size / timm.get("crop_pct").asDouble())))
        : OptionalInt.empty();
  }
}
