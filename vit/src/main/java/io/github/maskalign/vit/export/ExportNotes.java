package io.github.maskalign.vit.export;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.image.preprocess.Crop;
import io.github.maskalign.vit.image.preprocess.Preprocessing;
import io.github.maskalign.vit.image.preprocess.ResizeRule;
import io.github.maskalign.vit.json.JsonWriter;
import io.github.maskalign.vit.weights.ModelCard;
import io.github.maskalign.vit.weights.NetworkFile;
import io.github.maskalign.vit.weights.classifier.ClassifierFile;
import io.github.maskalign.vit.weights.classifier.Probability;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a program needs to know of a network besides its weights.
 *
 * @param preprocessing of images
 * @param labels of the classes, by number; empty if there is no classifier or they are unknown
 * @param probability how logits become probabilities
 * @param metadata of the weight file, such as its license
 * @since 0.1.0
 */
public record ExportNotes(
    Preprocessing preprocessing,
    List<String> labels,
    Probability probability,
    Map<String, String> metadata) {

  /** Keys that an export states in another place or form. */
  private static final List<String> OWN = List.of("format", "vit", "pixels", "classifier");

  /** Copies the collections. */
  public ExportNotes {
    labels = List.copyOf(labels);
    Map<String, String> kept = new LinkedHashMap<>(metadata);
    OWN.forEach(kept::remove);
    metadata = kept;
  }

  /** Notes of a classifier of one class per image. */
  public ExportNotes(
      Preprocessing preprocessing, List<String> labels, Map<String, String> metadata) {
    this(preprocessing, labels, Probability.SOFTMAX, metadata);
  }

  /**
   * What a file says of its network.
   *
   * @throws io.github.maskalign.tensor.error.FormatException if it has a head that is not supported
   */
  public static ExportNotes of(NetworkFile file) {
    return of(file, ModelCard.of(file));
  }

  /** What a file says of its network, with the preprocessing of a card. */
  public static ExportNotes of(NetworkFile file, ModelCard card) {
    Optional<ClassifierFile> head = ClassifierFile.find(file);
    return new ExportNotes(
        card.preprocessing(),
        head.map(found -> found.classes().names()).orElse(List.of()),
        head.map(ClassifierFile::probability).orElse(Probability.SOFTMAX),
        file.file().metadata());
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
   * Adds {@code problem_type} to a configuration: what logits mean, where its absence would say
   * something else.
   */
  void addProblemType(ObjectNode json, int classes) {
    if (probability == Probability.SIGMOID && classes > 1) {
      json.put("problem_type", "multi_label_classification");
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
    state(json);
    json.put("resample", preprocessing.sampling().filter().toString());
    Arrays.stream(stats().mean()).forEach(json.putArray("mean")::add);
    Arrays.stream(stats().std()).forEach(json.putArray("std")::add);
    return json;
  }

  private void state(ObjectNode json) {
    Crop crop = preprocessing.crop();
    switch (preprocessing.resize()) {
      case ResizeRule.Exact(ImageSize _) when crop == null -> {}
      case ResizeRule.Exact(ImageSize both) -> json.set("resize", JsonWriter.tree(both));
      case ResizeRule.ShortestEdge(int length) -> json.put("shortest_edge", length);
      case ResizeRule.ShortestEdgeUnless(int length, ImageSize _) ->
          json.put("shortest_edge", length);
      case ResizeRule.KeepRatio(ImageSize covered, boolean inside) when crop != null && !inside ->
          json.set("cover", JsonWriter.tree(covered));
      default -> json.put("description", preprocessing.description());
    }
  }
}
