package io.github.maskalign.align.program;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.maskalign.tensor.FormatException;
import io.github.maskalign.tensor.safetensors.SafeTensorsFile;
import io.github.maskalign.vit.PositionEmbedding;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.ChannelStats;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a weight file of ours says of its network, in its metadata, so that the file is enough to
 * use it.
 *
 * @param imageSize side of the pictures
 * @param patch side of a patch
 * @param width length of a token
 * @param depth number of blocks
 * @param heads of the attention
 * @param learnedPositions whether the position table was trained
 * @param mean of the pixels, by channel
 * @param std of the pixels, by channel
 * @param head what stands on the network
 * @param classes names of what the head tells apart
 */
public record ModelCard(
    int imageSize,
    int patch,
    int width,
    int depth,
    int heads,
    boolean learnedPositions,
    float[] mean,
    float[] std,
    Head head,
    List<String> classes) {

  private static final String KEY = "maskalign";
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(
              DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES,
              DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .build();

  /** What stands on a network. */
  public enum Head {
    /** Nothing. */
    NONE,
    /** A linear layer on the class token. */
    CLS,
    /** A linear layer on the mean of the patches. */
    MEAN,
    /** The linear probe's. */
    PROBE
  }

  /** The card of a network without a head. */
  static ModelCard of(ViTConfig config, ChannelStats stats) {
    return of(config, stats, Head.NONE, List.of());
  }

  /** The card of a classifier. */
  static ModelCard of(ViTConfig config, ChannelStats stats, Head head, List<String> classes) {
    return new ModelCard(
        config.imageSize(),
        config.patchSize(),
        config.width(),
        config.depth(),
        config.heads(),
        config.tokens().positions() == PositionEmbedding.LEARNED,
        stats.mean(),
        stats.std(),
        head,
        classes);
  }

  /** The card in a file, if it has one. */
  static Optional<ModelCard> read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new IllegalArgumentException("no such weight file: " + file);
    }
    try (SafeTensorsFile open = SafeTensorsFile.open(file)) {
      String card = open.metadata().get(KEY);
      return card == null ? Optional.empty() : Optional.of(JSON.readValue(card, ModelCard.class));
    } catch (JsonProcessingException e) {
      throw new FormatException(
          file + ": its metadata do not describe a network: " + e.getOriginalMessage(), e);
    }
  }

  /** The card of a file that must have one. */
  static ModelCard require(Path file) {
    return read(file)
        .orElseThrow(
            () ->
                new FormatException(
                    file
                        + " does not say what network it is of; it is not one that was trained"
                        + " here"));
  }

  /** For the file's metadata. */
  Map<String, String> metadata() {
    try {
      return Map.of(KEY, JSON.writeValueAsString(this));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The network's shape. */
  ViTConfig config() {
    return ViTConfig.of(imageSize, patch, width, depth, heads)
        .withChannels(mean.length)
        .withPositions(learnedPositions ? PositionEmbedding.LEARNED : PositionEmbedding.SINCOS);
  }

  /** By which its pictures are normalised. */
  ChannelStats stats() {
    return new ChannelStats(mean, std);
  }
}
