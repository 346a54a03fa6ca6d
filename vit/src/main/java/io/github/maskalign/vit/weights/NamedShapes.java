package io.github.maskalign.vit.weights;

import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.weights.file.WeightSource;
import io.github.maskalign.vit.weights.names.NameMap;
import io.github.maskalign.vit.weights.names.TensorPart;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The shapes of a file's tensors by parameter name.
 *
 * @param source the tensors
 * @param map from parameter names to those of the file
 * @param names of all tensors of the source
 * @since 0.1.0
 */
record NamedShapes(WeightSource source, NameMap map, Set<String> names) {

  private static final int HEAD_LENGTH = 64;

  /** The shapes of a source's tensors. */
  public static NamedShapes of(WeightSource source, NameMap map) {
    return new NamedShapes(source, map, source.names());
  }

  /** Whether the file has all parts of a parameter. */
  public boolean has(String parameter) {
    return pieces(parameter).stream().allMatch(piece -> names.contains(piece.name()));
  }

  /** The shape of a parameter's first part; empty if the file lacks it. */
  public Optional<Shape> find(String parameter) {
    TensorPart first = pieces(parameter).getFirst();
    return names.contains(first.name())
        ? Optional.ofNullable(first.of(source.shape(first.name())))
        : Optional.empty();
  }

  /**
   * The shape of a parameter's first part.
   *
   * @throws FormatException if the file lacks it
   */
  public Shape require(String parameter) {
    return find(parameter)
        .orElseThrow(
            () ->
                new FormatException(
                    "%s: tensor '%s' is missing or has an unexpected shape"
                        .formatted(source.description(), pieces(parameter).getFirst().name())));
  }

  /** Total number of rows of a parameter's parts. */
  public long rows(String parameter) {
    return pieces(parameter).stream().mapToLong(piece -> source.shape(piece.name()).dim(0)).sum();
  }

  /** Number of blocks. */
  public int depth() {
    int depth = 0;
    while (has("blocks." + depth + ".norm1.weight")) {
      depth++;
    }
    return depth;
  }

  /**
   * Heads of 64 channels, as in nearly all published networks; fewer heads if 64 does not divide
   * the width.
   */
  public static int heads(int width) {
    int heads = Math.max(1, width / HEAD_LENGTH);
    while (width % heads != 0) {
      heads--;
    }
    return heads;
  }

  private List<TensorPart> pieces(String parameter) {
    return map.sources(parameter, names);
  }
}
