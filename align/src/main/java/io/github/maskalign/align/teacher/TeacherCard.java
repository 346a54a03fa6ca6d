package io.github.maskalign.align.teacher;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.maskalign.tensor.FormatException;
import io.github.maskalign.vit.WeightFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the files beside weights say of how to use them: Hugging Face's preprocessor_config.json,
 * timm's config.json, or the notes of our own files.
 *
 * @param statistics of pixels; ImageNet's if nothing is said
 * @param licence of the weights
 */
record TeacherCard(PixelStatistics statistics, String licence) {

  private static final String UNKNOWN = "not stated";

  static TeacherCard beside(WeightFile file) {
    Path first = file.files().getFirst();
    JsonNode pictures = read(first.resolveSibling("preprocessor_config.json"));
    JsonNode timm = read(first.resolveSibling("config.json")).path("pretrained_cfg");
    PixelStatistics statistics = PixelStatistics.IMAGENET;
    if (pictures.has("image_mean") && pictures.has("image_std")) {
      statistics = statistics(pictures.get("image_mean"), pictures.get("image_std"));
    } else if (timm.has("mean") && timm.has("std")) {
      statistics = statistics(timm.get("mean"), timm.get("std"));
    }
    String licence = file.metadata().getOrDefault("licence", timm.path("license").asText(UNKNOWN));
    return new TeacherCard(statistics, licence);
  }

  private static PixelStatistics statistics(JsonNode mean, JsonNode deviation) {
    return new PixelStatistics(numbers(mean), numbers(deviation));
  }

  private static List<Double> numbers(JsonNode list) {
    List<Double> numbers = new ArrayList<>();
    list.forEach(number -> numbers.add(number.asDouble()));
    return numbers;
  }

  private static JsonNode read(Path path) {
    ObjectMapper json = new ObjectMapper();
    try {
      return Files.exists(path) ? json.readTree(Files.readAllBytes(path)) : json.createObjectNode();
    } catch (JacksonException e) {
      throw new FormatException(path + ": not JSON: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + path, e);
    }
  }
}
