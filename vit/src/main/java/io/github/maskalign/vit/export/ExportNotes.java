package io.github.maskalign.vit.export;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.preprocess.Preprocessing;
import io.github.maskalign.vit.json.JsonWriter;
import io.github.maskalign.vit.weights.ModelCard;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What a program needs to know of a network besides its weights.
 *
 * @param preprocessing of images
 * @param labels of the classes, by number; empty if there is no classifier or they are unknown
 * @param metadata of the weight file, such as its license
 * @since 0.1.0
 */
public record ExportNotes(
    Preprocessing preprocessing, List<String> labels, Map<String, String> metadata) {

  /** Keys that an export states in another place or form. */
  private static final List<String> OWN = List.of("format", "vit", "pixels", "classifier");

  /** Copies the collections. */
  public ExportNotes {
    labels = List.copyOf(labels);
    Map<String, String> kept = new LinkedHashMap<>(metadata);
    OWN.forEach(kept::remove);
    metadata = kept;
  }

  /** Notes of a network without labels and metadata. */
  public static ExportNotes of(Preprocessing preprocessing) {
    return new ExportNotes(preprocessing, List.of(), Map.of());
  }

  /** Mean and standard deviation of each channel. */
  ChannelStats stats() {
    return preprocessing.stats();
  }

  /** The license of the weights; empty if it is not stated. */
  Optional<String> license() {
    return ModelCard.license(metadata);
  }

  /**
   * Checks the number of labels.
   *
   * @throws ArgumentException if there are labels, but not one per class
   */
  void require(int classes) {
    if (!labels.isEmpty() && labels.size() != classes) {
      throw new ArgumentException(
          "export: %d labels for a head of %d classes; give one per class, or none"
              .formatted(labels.size(), classes));
    }
  }

  /**
   * The preprocessing in one object, for formats that define none: the size of the input, and where
   * its center is cropped {@code shortest_edge}, {@code resize} (both sides) or {@code cover} (in
   * the image's own aspect ratio); else a description.
   */
  ObjectNode pixels() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    preprocessing.size().ifPresent(size -> json.set("size", JsonWriter.tree(size)));
    PlainView.find(preprocessing)
        .ifPresentOrElse(
            view -> state(json, view), () -> json.put("description", preprocessing.description()));
    json.put("resample", preprocessing.sampling().filter().name().toLowerCase(Locale.ROOT));
    Arrays.stream(stats().mean()).forEach(json.putArray("mean")::add);
    Arrays.stream(stats().std()).forEach(json.putArray("std")::add);
    return json;
  }

  private static void state(ObjectNode json, PlainView view) {
    if (!view.isCropped()) {
      return;
    }
    if (view.squashed()) {
      json.set("resize", JsonWriter.tree(view.resized()));
    } else if (view.resized().isSquare()) {
      json.put("shortest_edge", view.resized().height());
    } else {
      json.set("cover", JsonWriter.tree(view.resized()));
    }
  }
}
