package io.github.maskalign.vit;

import io.github.maskalign.tensor.error.ShapeException;
import org.jspecify.annotations.Nullable;

/**
 * The grid of the patches of an image, row-major.
 *
 * @param rows number of patches from top to bottom
 * @param columns number of patches from left to right
 * @since 0.1.0
 */
public record Grid(int rows, int columns) {

  /** A square grid. */
  public static Grid square(int side) {
    return new Grid(side, side);
  }

  /** The square grid of so many patches; null if the number is not that of a square. */
  public static @Nullable Grid ofSquare(int patches) {
    int side = PositionTable.squareRoot(patches);
    return side < 1 ? null : square(side);
  }

  /**
   * Number of patches.
   *
   * @throws ShapeException if it exceeds the length of an array
   */
  public int patches() {
    long patches = (long) rows * columns;
    if (patches > Integer.MAX_VALUE) {
      throw new ShapeException("a grid of %s has too many patches".formatted(this));
    }
    return (int) patches;
  }

  /** Whether there are as many rows as columns. */
  public boolean isSquare() {
    return rows == columns;
  }

  /**
   * The side of a square grid.
   *
   * @param what needs it, for the message
   * @throws ShapeException if the numbers of rows and columns differ
   */
  public int requireSquare(String what) {
    if (!isSquare()) {
      throw new ShapeException(
          "%s needs as many rows of patches as columns, this network has %s".formatted(what, this));
    }
    return rows;
  }

  /** {@code "14 x 14"}: rows, then columns. */
  @Override
  public String toString() {
    return rows + " x " + columns;
  }
}
