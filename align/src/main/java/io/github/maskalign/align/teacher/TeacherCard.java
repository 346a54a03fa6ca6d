package io.github.maskalign.align.teacher;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.maskalign.tensor.FormatException;
import io.github.maskalign.vit.weights.WeightFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What the files beside weights say of how to use them: Hugging Face's preprocessor_config.json,
 * timm's config.json, OpenCLIP's open_clip_config.json, or the notes of our own files.
 *
 * @param statistics of pixels; ImageNet's if nothing is said
 * @param licence of the weights
 */
public record TeacherCard(PixelStatistics statistics, String licence) {

  private static final String NOTE = "pixels";
  private static final String MEAN = "mean";
  private static final String STD = "std";
  private static final String UNKNOWN = "not stated";

  /** What lies in a file and beside it. */
  public static TeacherCard beside(WeightFile file) {
    Path first = file.files().getFirst();
    JsonNode pictures = read(first.resolveSibling("preprocessor_config.json"));
    JsonNode openClip = read(first.resolveSibling("open_clip_config.json")).path("preprocess_cfg");
    JsonNode timm = read(first.resolveSibling("config.json")).path("pretrained_cfg");
    PixelStatistics statistics = PixelStatistics.IMAGENET;
    String own = file.metadata().get(NOTE);
    if (own != null) {
      statistics = note(own);
    } else if (pictures.has("image_mean") && pictures.has("image_std")) {
      statistics = statistics(pictures.get("image_mean"), pictures.get("image_std"));
    } else if (openClip.has(MEAN) && openClip.has(STD)) {
      statistics = statistics(openClip.get(MEAN), openClip.get(STD));
    } else if (timm.has("mean") && timm.has("std")) {
      statistics = statistics(timm.get("mean"), timm.get("std"));
    }
    String licence = file.metadata().getOrDefault("licence", timm.path("license").asText(UNKNOWN));
    return new TeacherCard(statistics, licence);
  }

  /** The note in our own files that {@link #beside} finds again. */
  public static Map<String, String> note(PixelStatistics statistics) {
    ObjectNode note = new ObjectMapper().createObjectNode();
    statistics.mean().forEach(note.putArray(MEAN)::add);
    statistics.deviation().forEach(note.putArray(STD)::add);
    return Map.of(NOTE, note.toString());
  }

  private static PixelStatistics note(String text) {
    try {
      JsonNode note = new ObjectMapper().readTree(text);
      return statistics(note.path(MEAN), note.path(STD));
    } catch (JacksonException e) {
      throw new FormatException("the note '" + NOTE + "' is not JSON", e);
    }
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
