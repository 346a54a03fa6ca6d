package io.github.maskalign.vit.weights;

import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.weights.file.WeightSource;
import io.github.maskalign.vit.weights.names.NameMap;
import io.github.maskalign.vit.weights.names.TensorPart;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The shapes of a file's tensors by parameter name.
 *
 * @param source the tensors
 * @param map from parameter names to those of the file
 * @param names of all tensors of the source
 * @since 0.1.0
 */
record NamedShapes(WeightSource source, NameMap map, Set<String> names) {

  /** The likely cause of a missing tensor. */
  static final String INCOMPLETE =
      "; the file or one of its shards is incomplete, or of another architecture";

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
                    "%s: tensor '%s' is missing or has an unexpected shape%s"
                        .formatted(source.description(), firstName(parameter), INCOMPLETE)));
  }

  /**
   * The shape of a parameter's first part, which must have this many axes and no empty ones.
   *
   * @throws FormatException if the file lacks it, or it has other axes
   */
  public Shape require(String parameter, int rank) {
    Shape shape = require(parameter);
    if (shape.rank() != rank || shape.size() == 0) {
      throw new FormatException(
          "%s: '%s' has shape %s, expected %d axes"
              .formatted(source.description(), firstName(parameter), shape, rank));
    }
    return shape;
  }

  /** The shape of a parameter with all of its parts; null if the file lacks one, or they differ. */
  public @Nullable Shape joined(String parameter) {
    List<TensorPart> pieces = pieces(parameter);
    return pieces.stream().allMatch(piece -> names.contains(piece.name()))
        ? joined(source, pieces)
        : null;
  }

  /** The shape of concatenated parts; null if they do not fit each other. */
  static @Nullable Shape joined(WeightSource source, List<TensorPart> pieces) {
    Shape first = pieces.getFirst().of(source.shape(pieces.getFirst().name()));
    if (first == null || pieces.size() == 1) {
      return first;
    }
    long rows = 0;
    for (TensorPart piece : pieces) {
      Shape shape = piece.of(source.shape(piece.name()));
      if (shape == null
          || shape.rank() == 0
          || shape.rank() != first.rank()
          || !shape.with(0, 0).equals(first.with(0, 0))) {
        return null;
      }
      rows += shape.dim(0);
    }
    return rows > Integer.MAX_VALUE ? null : first.with(0, (int) rows);
  }

  /** The name in the file of the first part that is missing, or of the first part. */
  public String firstName(String parameter) {
    List<TensorPart> pieces = pieces(parameter);
    TensorPart first =
        pieces.stream()
            .filter(piece -> !names.contains(piece.name()))
            .findFirst()
            .orElse(pieces.getFirst());
    return source.nameInFile(first.name());
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
