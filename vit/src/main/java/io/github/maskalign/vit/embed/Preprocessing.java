package io.github.maskalign.vit.embed;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.github.maskalign.tensor.FormatException;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.BicubicResize;
import io.github.maskalign.vit.image.CentreView;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.Levels;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.weights.WeightFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * picture -> [C, size, size]: resized (bicubic), the middle cut out, normalised, as the network was
 * evaluated.
 *
 * @param size side of what the network sees
 * @param shortSide length of the shorter side after resizing; with 0, both sides are resized to
 *     {@code size}, whatever the picture's proportions
 * @param stats by which pixels are normalised
 */
public record Preprocessing(int size, int shortSide, ChannelStats stats) {

  private static final String NOTE = "pixels";

  /**
   * What lies in and beside a network's weights: the notes of our own files, Hugging Face's {@code
   * preprocessor_config.json}, timm's {@code config.json}; else ImageNet's statistics and 7/8 of
   * the shorter side.
   *
   * @throws FormatException if one of them is damaged
   */
  static Preprocessing beside(WeightFile file, ViTConfig config) {
    Path weights = file.files().getFirst();
    int size = config.imageSize();
    String own = file.metadata().get(NOTE);
    if (own != null) {
      JsonNode note = parse(weights + ", note '" + NOTE + "'", own);
      return new Preprocessing(size, usual(size), stats(note, "mean", "std", config.channels()));
    }
    JsonNode huggingFace = read(weights.resolveSibling("preprocessor_config.json"));
    if (!huggingFace.isMissingNode()) {
      ChannelStats stats = stats(huggingFace, "image_mean", "image_std", config.channels());
      return new Preprocessing(size, shortSide(huggingFace, size), stats);
    }
    JsonNode timm = read(weights.resolveSibling("config.json")).path("pretrained_cfg");
    int side = timm.has("crop_pct") ? (int) (size / timm.get("crop_pct").asDouble()) : usual(size);
    return new Preprocessing(
        size, Math.max(side, size), stats(timm, "mean", "std", config.channels()));
  }

  private static int usual(int size) {
    return CentreView.of(size).shortSide();
  }

  /** Older files say a number, newer ones its meaning; height and width mean no proportions. */
  private static int shortSide(JsonNode config, int size) {
    JsonNode resized = config.path("size");
    if (resized.has("height")) {
      return 0;
    }
    int side = resized.path("shortest_edge").asInt(resized.asInt(0));
    return side >= size ? side : size;
  }

  private static ChannelStats stats(JsonNode json, String mean, String std, int channels) {
    if (!json.has(mean) || !json.has(std)) {
      return grey(ChannelStats.imageNet(), channels);
    }
    return new ChannelStats(numbers(json.get(mean)), numbers(json.get(std)));
  }

  /** Green stands for grey. */
  private static ChannelStats grey(ChannelStats stats, int channels) {
    return channels == stats.channels()
        ? stats
        : new ChannelStats(new float[] {stats.mean()[1]}, new float[] {stats.std()[1]});
  }

  private static float[] numbers(JsonNode list) {
    float[] numbers = new float[list.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = (float) list.get(i).asDouble();
    }
    return numbers;
  }

  private static JsonNode read(Path path) {
    try {
      return Files.exists(path)
          ? parse(path.toString(), Files.readString(path))
          : MissingNode.getInstance();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + path, e);
    }
  }

  private static JsonNode parse(String name, String text) {
    try {
      return new ObjectMapper().readTree(text);
    } catch (JacksonException e) {
      throw new FormatException(name + ": not JSON: " + e.getOriginalMessage(), e);
    }
  }

  /** The network's input for a picture. */
  public float[] apply(Picture picture) {
    Picture coloured = stats.channels() == 1 ? picture.grey() : picture.rgb();
    Picture seen =
        shortSide == 0
            ? new BicubicResize(size, size).apply(coloured)
            : new CentreView(size, shortSide).apply(coloured);
    float[] values = new float[stats.channels() * size * size];
    new Levels(stats).write(seen, false, values, 0);
    return values;
  }
}
