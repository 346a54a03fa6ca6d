package io.github.maskalign.vit.image;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import io.github.maskalign.tensor.error.ShapeException;
import java.util.List;

/**
 * Height and width of images, in pixels. In JSON, a square is a number, another size {@code
 * [height, width]}.
 *
 * @param height number of rows
 * @param width number of columns
 * @since 0.1.0
 */
public record ImageSize(int height, int width) {

  /** Checks the values. */
  public ImageSize {
    if (height < 1 || width < 1) {
      throw new ShapeException(
          height == width
              ? "image size must be positive, got " + height
              : "image size must be positive, got %d x %d".formatted(height, width));
    }
  }

  /** The size of square images. */
  public static ImageSize square(int side) {
    return new ImageSize(side, side);
  }

  /** Whether height and width are equal. */
  public boolean isSquare() {
    return height == width;
  }

  /**
   * The side of square images.
   *
   * @param what needs them, for the message
   * @throws ShapeException if height and width differ
   */
  public int requireSquare(String what) {
    if (!isSquare()) {
      throw new ShapeException(
          "%s needs square images, those of this network are %s pixels".formatted(what, this));
    }
    return height;
  }

  /**
   * The size that JSON states.
   *
   * @param sides an integer, or a list of height and width
   * @throws ShapeException if it is something else
   */
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public static ImageSize of(Object sides) {
    if (sides instanceof Integer side) {
      return square(side);
    }
    if (sides instanceof List<?> list
        && list.size() == 2
        && list.getFirst() instanceof Integer height
        && list.getLast() instanceof Integer width) {
      return new ImageSize(height, width);
    }
    throw new ShapeException("an image size is an integer or [height, width], not " + sides);
  }

  /** What {@link #of} reads. */
  @JsonValue
  public Object sides() {
    return isSquare() ? height : List.of(height, width);
  }

  /** {@code "224"}, or {@code "224 x 160"} for height 224 and width 160. */
  @Override
  public String toString() {
    return isSquare() ? Integer.toString(height) : height + " x " + width;
  }
}
