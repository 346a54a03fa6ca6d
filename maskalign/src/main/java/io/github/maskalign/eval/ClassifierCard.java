package io.github.maskalign.eval;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.weights.ModelCard;
import io.github.maskalign.vit.weights.NetworkFile;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a classifier's file says of its head, so that the file is enough to use it.
 *
 * @param head what stands on the network
 * @param classes names of what it tells apart
 * @since 0.1.0
 */
public record ClassifierCard(Head head, List<String> classes) {

  private static final String NOTE = "classifier";
  private static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .build();

  /** What stands on a network. */
  public enum Head {
    /** A linear layer on the class token. */
    CLS,
    /** A linear layer on the mean of the patches. */
    MEAN,
    /** The linear probe's on the class token. */
    PROBE_CLS,
    /** The linear probe's on the mean of the patches. */
    PROBE_MEAN
  }

  /** Keeps its own copy. */
  public ClassifierCard {
    classes = List.copyOf(classes);
  }

  /**
   * The card in a file.
   *
   * @throws FormatException if it has none
   */
  public static ClassifierCard of(NetworkFile file) {
    String note = file.file().metadata().get(NOTE);
    if (note == null) {
      throw new FormatException(
          file.file().files().getFirst()
              + " has no head that finetune or probe trained; knn judges it without");
    }
    try {
      return JSON.readValue(note, ClassifierCard.class);
    } catch (JacksonException e) {
      throw new FormatException("the note '" + NOTE + "': " + e.getOriginalMessage(), e);
    }
  }

  /** For the file's metadata, with the statistics of its pixels. */
  public Map<String, String> metadata(ChannelStats stats) {
    Map<String, String> notes = new HashMap<>(pixels(stats));
    try {
      notes.put(NOTE, JSON.writeValueAsString(this));
    } catch (JacksonException e) {
      throw new IllegalStateException(e);
    }
    return notes;
  }

  /** The metadata of a network without a head. */
  public static Map<String, String> pixels(ChannelStats stats) {
    return ModelCard.note(stats);
  }
}
