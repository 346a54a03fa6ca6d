package io.github.maskalign.vit.weights.classifier;

import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.ImageClassifier;
import io.github.maskalign.vit.LinearProbe;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.json.JsonFiles;
import io.github.maskalign.vit.json.JsonKind;
import io.github.maskalign.vit.json.JsonWriter;
import io.github.maskalign.vit.weights.ModelCard;
import io.github.maskalign.vit.weights.NetworkFile;
import io.github.maskalign.vit.weights.file.WeightSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * Metadata of a classifier's weight file that this library writes, so that the file is enough to
 * use it.
 *
 * @param head kind of the head
 * @param classes names of the classes
 * @since 0.1.0
 */
public record ClassifierCard(Head head, List<String> classes) {

  /** The metadata key. */
  public static final String NOTE = "classifier";

  /** Weights of the head of a classifier, and of a linear probe. */
  private static final List<String> HEADS =
      List.of(ImageClassifier.HEAD + "weight", LinearProbe.LINEAR + "weight");

  /** The head on a network. */
  public enum Head {
    /** A linear layer on the class token. */
    CLS,
    /** A linear layer on the mean of the patches. */
    MEAN,
    /** A linear layer after the pooling that the configuration of the network states. */
    LINEAR,
    /** The linear probe's on the class token. */
    PROBE_CLS,
    /** The linear probe's on the mean of the patches. */
    PROBE_MEAN
  }

  /** Keeps its own copy. */
  public ClassifierCard {
    Objects.requireNonNull(head);
    classes = List.copyOf(classes);
  }

  /**
   * Reads the card of a file; empty if it has none.
   *
   * @throws FormatException if it is damaged, or not that of the head
   */
  public static Optional<ClassifierCard> find(NetworkFile file) {
    String note = file.file().metadata().get(NOTE);
    if (note == null) {
      return Optional.empty();
    }
    String name = file.file().files().getFirst() + ", metadata '" + NOTE + "'";
    ClassifierCard card = JsonFiles.parse(name, note, ClassifierCard.class, JsonKind.CONFIGURATION);
    WeightSource weights = file.weights();
    for (String head : HEADS) {
      if (weights.names().contains(head) && !card.fits(weights.shape(head))) {
        throw new FormatException(
            "%s: %d classes, but '%s' has shape %s"
                .formatted(name, card.classes.size(), head, weights.shape(head)));
      }
    }
    return Optional.of(card);
  }

  private boolean fits(Shape head) {
    return head.rank() == 2 && head.dim(0) == classes.size();
  }

  /** For the file's metadata, with the statistics of its pixels. */
  public Map<String, String> metadata(ChannelStats stats) {
    Map<String, String> notes = new HashMap<>(ModelCard.note(stats));
    notes.put(NOTE, JsonWriter.line(this));
    return notes;
  }
}
