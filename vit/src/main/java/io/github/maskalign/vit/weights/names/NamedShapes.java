package io.github.maskalign.vit.weights.names;

import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.weights.file.WeightSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The shapes of a file's tensors by the names of our parameters.
 *
 * @param source the tensors
 * @param map from our names to those of the file
 * @param names of all tensors of the source
 * @since 0.1.0
 */
public record NamedShapes(WeightSource source, NameMap map, Set<String> names) {

  private static final int HEAD_LENGTH = 64;

  /** The tensors of a source under a map of names. */
  public static NamedShapes of(WeightSource source, NameMap map) {
    return new NamedShapes(source, map, source.names());
  }

  /** Whether the file has all tensors that make up a parameter. */
  public boolean has(String parameter) {
    return pieces(parameter).stream().allMatch(piece -> names.contains(piece.name()));
  }

  /** The shape of a parameter's first piece; empty if the file does not have it. */
  public Optional<Shape> find(String parameter) {
    Piece first = pieces(parameter).getFirst();
    return names.contains(first.name())
        ? Optional.ofNullable(first.of(source.shape(first.name())))
        : Optional.empty();
  }

  /**
   * The shape of a parameter's first piece.
   *
   * @throws FormatException if the file does not have it
   */
  public Shape require(String parameter) {
    return find(parameter)
        .orElseThrow(
            () ->
                new FormatException(
                    "%s: no tensor '%s', or not of a usable shape"
                        .formatted(source.description(), pieces(parameter).getFirst().name())));
  }

  /** Rows of all pieces together. */
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

  /** Heads of 64 channels, as in nearly all published networks, or a few more. */
  public static int heads(int width) {
    int heads = Math.max(1, width / HEAD_LENGTH);
    while (width % heads != 0) {
      heads--;
    }
    return heads;
  }

  private List<Piece> pieces(String parameter) {
    return map.sources(parameter, names);
  }
}
