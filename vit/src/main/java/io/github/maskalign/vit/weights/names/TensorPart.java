package io.github.maskalign.vit.weights.names;

import io.github.maskalign.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * A part of a parameter: all or some rows of a tensor of a file, or zeros.
 *
 * @since 0.1.0
 */
public sealed interface TensorPart {

  /** The tensor of the file. */
  String name();

  /** The shape of this part, given that of the tensor; null if the tensor cannot be divided so. */
  @Nullable Shape of(Shape tensor);

  /** A whole tensor. */
  record Whole(String name) implements TensorPart {
    @Override
    public Shape of(Shape tensor) {
      return tensor;
    }
  }

  /** A transposed matrix. */
  record Transposed(String name) implements TensorPart {
    @Override
    public @Nullable Shape of(Shape tensor) {
      return tensor.rank() == 2 ? Shape.of(tensor.dim(1), tensor.dim(0)) : null;
    }
  }

  /** A matrix [D, P P 3] of patches, the color innermost, as [D, 3, P, P]. */
  record ColorPatches(String name) implements TensorPart {

    private static final int COLORS = 3;

    @Override
    public @Nullable Shape of(Shape tensor) {
      if (tensor.rank() != 2) {
        return null;
      }
      int side = side(tensor);
      return side * side * COLORS == tensor.dim(1)
          ? Shape.of(tensor.dim(0), COLORS, side, side)
          : null;
    }

    /** Height and width of a patch. */
    public static int side(Shape tensor) {
      return (int) Math.round(Math.sqrt(tensor.dim(1) / (double) COLORS));
    }
  }

  /** Of {@code of} equal parts of the first axis, those {@code from <= i < to}. */
  record Rows(String name, int from, int to, int of) implements TensorPart {
    @Override
    public @Nullable Shape of(Shape tensor) {
      return tensor.rank() == 0 || tensor.dim(0) % of != 0
          ? null
          : tensor.with(0, tensor.dim(0) / of * (to - from));
    }
  }

  /** Zeros, one per {@code of} rows of a tensor: a bias that the file lacks. */
  record Zeros(String name, int of) implements TensorPart {
    @Override
    public @Nullable Shape of(Shape tensor) {
      return tensor.rank() == 0 || tensor.dim(0) % of != 0 ? null : Shape.of(tensor.dim(0) / of);
    }
  }
}
