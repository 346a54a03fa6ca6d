package io.github.maskalign.vit.weights.processor;

import io.github.maskalign.vit.image.preprocess.Preprocessing;
import java.util.List;

/**
 * The preprocessing of a network.
 *
 * @param preprocessing as its files state it
 * @param notes what was assumed or passed over, a line each
 * @param stated whether a file states it; else it is assumed
 * @since 0.1.0
 */
public record Processor(Preprocessing preprocessing, List<String> notes, boolean stated) {

  /** Copies the list. */
  public Processor {
    notes = List.copyOf(notes);
  }

  /** The preprocessing that a file states. */
  public Processor(Preprocessing preprocessing, List<String> notes) {
    this(preprocessing, notes, true);
  }
}
