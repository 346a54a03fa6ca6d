package io.github.maskalign.vit.weights.classifier;

import io.github.maskalign.vit.OutputConfig;
import java.util.List;

/**
 * The head of a classifier in a file.
 *
 * @param kind of its layers
 * @param output of the network below it
 * @param prefixes of its layers' names in the file
 * @param unused patterns of the network's tensors that the classifier does not use
 */
record Head(Kind kind, OutputConfig output, List<String> prefixes, List<String> unused) {

  /** Kinds of layers. */
  enum Kind {
    /** A linear layer, or one on the class token and one on the distillation token. */
    LINEAR(""),
    /** A batch norm without scale and shift, then a linear layer. */
    PROBE("1.");

    private final String layer;

    Kind(String layer) {
      this.layer = layer;
    }

    /** The linear layer below the prefix. */
    String layer() {
      return layer;
    }
  }

  /** The first matrix with a row per class. */
  String matrix() {
    return prefixes.getFirst() + kind.layer + "weight";
  }
}
