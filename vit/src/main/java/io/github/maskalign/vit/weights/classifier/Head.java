package io.github.maskalign.vit.weights.classifier;

import io.github.maskalign.vit.Pooling;
import java.util.List;

/**
 * The head of a classifier in a file.
 *
 * @param kind of its layers
 * @param pooling of the tokens before it
 * @param prefix of the names of its weights in the file
 */
record Head(Kind kind, Pooling pooling, String prefix) {

  /** Kinds of layers. */
  enum Kind {
    /** A linear layer. */
    LINEAR("weight"),
    /** A batch norm without scale and shift, then a linear layer. */
    PROBE("1.weight");

    private final String matrix;

    Kind(String matrix) {
      this.matrix = matrix;
    }

    /** The matrix with a row per class, below the prefix. */
    String matrix() {
      return matrix;
    }
  }

  /** The matrix with a row per class. */
  String matrix() {
    return prefix + kind.matrix;
  }

  /** Tensors of a file that have no use in the network below, but which the head may use. */
  static final List<String> PARTS = List.of("head.", "head_dist.", "fc_norm.");
}
