package io.github.maskalign.vit.image.resize;

import io.github.maskalign.tensor.error.ShapeException;
import java.util.ArrayList;
import java.util.List;

/**
 * The part of a resized axis that is computed.
 *
 * @param size length of the whole axis
 * @param from the first output that is computed
 * @param count number of outputs that are computed
 * @since 0.1.0
 */
public record Outputs(int size, int from, int count) {

  /** Checks that the part is not empty and within the axis. */
  public Outputs {
    if (size < 1) {
      throw new ShapeException("resize: height and width must be positive, got " + size);
    }
    if (from < 0 || count < 1 || count > size - from) {
      throw new ShapeException(
          "resize: %d outputs from %d on are not a part of %d".formatted(count, from, size));
    }
  }

  /** The whole axis. */
  public static Outputs all(int size) {
    return new Outputs(size, 0, size);
  }

  /** What is within an axis of a range that may start before it and end after it. */
  public static Outputs within(int size, int from, int count) {
    int first = Math.max(0, from);
    return new Outputs(size, first, Math.min(size, from + count) - first);
  }

  /** The one after the last output. */
  int end() {
    return from + count;
  }

  /** Whether the whole axis is computed. */
  public boolean whole() {
    return count == size;
  }

  /** The same outputs in blocks of a number of them. */
  List<Outputs> blocks(int most) {
    if (count <= most) {
      return List.of(this);
    }
    List<Outputs> blocks = new ArrayList<>();
    for (int next = from; next < end(); next += most) {
      blocks.add(new Outputs(size, next, Math.min(most, end() - next)));
    }
    return blocks;
  }
}
