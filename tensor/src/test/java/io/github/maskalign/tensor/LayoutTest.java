package io.github.maskalign.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.ShapeException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class LayoutTest {

  /** The storage index of each element, row-major, straight from the definition. */
  private static long[] positions(Layout layout) {
    Shape shape = layout.shape();
    long[] positions = new long[(int) shape.size()];
    for (int i = 0; i < positions.length; i++) {
      positions[i] = layout.offset();
      int rest = i;
      for (int axis = shape.rank() - 1; axis >= 0; axis--) {
        positions[i] += layout.stride(axis) * (rest % shape.dim(axis));
        rest /= shape.dim(axis);
      }
    }
    return positions;
  }

  /** A layout after some random views, with axes of size 0 and 1 among them. */
  private static Layout randomView(SplittableRandom random) {
    int[] dims = new int[random.nextInt(5)];
    int[] sizes = {1, 1, 2, 2, 3, 4, 6, 0};
    Arrays.setAll(dims, i -> sizes[random.nextInt(random.nextInt(8) == 0 ? 8 : 7)]);
    Layout layout = Layout.contiguous(Shape.of(dims));
    for (int step = random.nextInt(4); step > 0; step--) {
      layout = randomStep(layout, random);
    }
    return layout;
  }

  private static Layout randomStep(Layout layout, SplittableRandom random) {
    Shape shape = layout.shape();
    int rank = shape.rank();
    if (rank == 0) {
      return layout.broadcast(Shape.of(random.nextInt(3)));
    }
    int axis = random.nextInt(rank);
    int other = random.nextInt(rank);
    return switch (random.nextInt(3)) {
      case 0 -> {
        int[] axes = new int[rank];
        Arrays.setAll(axes, i -> i == axis ? other : i == other ? axis : i);
        yield layout.permute(axes);
      }
      case 1 -> {
        int from = random.nextInt(shape.dim(axis) + 1);
        yield layout.slice(axis, from, from + random.nextInt(shape.dim(axis) - from + 1));
      }
      default -> shape.dim(axis) == 1 ? layout.broadcast(shape.with(axis, 3)) : layout;
    };
  }

  /** A shape of as many elements, with axes split, merged, and ones put in. */
  private static Shape randomTarget(Shape shape, SplittableRandom random) {
    long rest = shape.size();
    List<Integer> dims = new ArrayList<>();
    if (rest == 0) {
      return Shape.of(random.nextInt(4), 0, random.nextInt(4));
    }
    while (rest > 1 || random.nextInt(3) == 0) {
      int divisor = 1 + random.nextInt((int) rest);
      if (rest % divisor == 0) {
        dims.add(divisor);
        rest /= divisor;
      }
    }
    return Shape.of(dims.stream().mapToInt(Integer::intValue).toArray());
  }

  /** A reshape selects the same elements in the same order, and fails only if it must copy. */
  @Property(tries = 3_000)
  void reshapeOfViews(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Layout layout = randomView(random);
    Shape target = randomTarget(layout.shape(), random);
    Layout reshaped = layout.reshape(target);
    if (reshaped != null) {
      assertEquals(target, reshaped.shape());
      assertArrayEquals(positions(layout), positions(reshaped), () -> layout + " to " + target);
    } else {
      assertFalse(canBeStrided(positions(layout), target), () -> layout + " to " + target);
    }
  }

  /** Whether any strides give the positions under a shape. */
  private static boolean canBeStrided(long[] positions, Shape shape) {
    long[] strides = new long[shape.rank()];
    int step = 1;
    for (int axis = shape.rank() - 1; axis >= 0; axis--) {
      strides[axis] = shape.dim(axis) > 1 ? positions[step] - positions[0] : 0;
      step *= shape.dim(axis);
    }
    for (int i = 0; i < positions.length; i++) {
      long expected = positions[0];
      int rest = i;
      for (int axis = shape.rank() - 1; axis >= 0; axis--) {
        expected += rest % shape.dim(axis) * strides[axis];
        rest /= shape.dim(axis);
      }
      if (expected != positions[i]) {
        return false;
      }
    }
    return true;
  }

  @Property(tries = 1_000)
  void contiguousMeansConsecutive(@ForAll long seed) {
    Layout layout = randomView(new SplittableRandom(seed));
    long[] positions = positions(layout);
    boolean consecutive = true;
    for (int i = 0; i < positions.length; i++) {
      consecutive &= positions[i] == layout.offset() + i;
    }
    assertEquals(consecutive, layout.isContiguous(), layout::toString);
  }

  @Test
  void permuteMovesStrides() {
    Layout layout = Layout.contiguous(Shape.of(2, 3, 4)).permute(2, 0, 1);
    assertEquals(Shape.of(4, 2, 3), layout.shape());
    assertArrayEquals(new long[] {1, 12, 4}, strides(layout));
    assertFalse(layout.isContiguous());
  }

  @Test
  void sliceMovesTheOffset() {
    Layout layout = Layout.contiguous(Shape.of(2, 3, 4)).slice(1, 1, 3);
    assertEquals(Shape.of(2, 2, 4), layout.shape());
    assertEquals(4, layout.offset());
    assertFalse(layout.isContiguous());
    assertTrue(Layout.contiguous(Shape.of(2, 3)).slice(0, 1, 2).isContiguous());
  }

  @Test
  void emptyViewsStayInsideTheirStorage() {
    Layout layout = Layout.contiguous(Shape.of(2, 3)).slice(0, 2, 2);
    assertEquals(0, layout.shape().size());
    assertEquals(0, layout.offset());
  }

  @Test
  void broadcastRepeatsByStridesOfZero() {
    Layout layout = Layout.contiguous(Shape.of(3, 1)).broadcast(Shape.of(2, 3, 4));
    assertArrayEquals(new long[] {0, 1, 0}, strides(layout));
    Layout scalar = Layout.contiguous(Shape.of());
    assertArrayEquals(new long[] {0, 0}, strides(scalar.broadcast(Shape.of(2, 2))));
  }

  @Test
  void reshapeKeepsViewsWhereItCan() {
    Layout columns = Layout.contiguous(Shape.of(4, 6)).slice(1, 0, 3);
    assertNotNull(columns.reshape(Shape.of(2, 2, 3)));
    assertNull(columns.reshape(Shape.of(12)));
    assertNull(Layout.contiguous(Shape.of(2, 3)).permute(1, 0).reshape(Shape.of(6)));
  }

  @Test
  void refusalsNameTheOperationAndTheShape() {
    Layout layout = Layout.contiguous(Shape.of(2, 3));
    assertRefused("permute", () -> layout.permute(0));
    assertRefused("permute: axis 1", () -> layout.permute(1, 1));
    assertRefused("slice: range [1, 4)", () -> layout.slice(1, 1, 4));
    assertRefused("slice: range [2, 1)", () -> layout.slice(1, 2, 1));
    assertRefused("slice: range [-1, 1)", () -> layout.slice(1, -1, 1));
    assertRefused(
        "cannot broadcast shape [2, 3] to [2, 4]", () -> layout.broadcast(Shape.of(2, 4)));
    assertRefused("cannot broadcast shape [2, 3] to [3]", () -> layout.broadcast(Shape.of(3)));
    assertRefused("cannot broadcast shape [2, 3] to []", () -> layout.broadcast(Shape.of()));
  }

  private static void assertRefused(String part, Runnable action) {
    String message = assertThrows(ShapeException.class, action::run).getMessage();
    assertTrue(message.contains(part), message);
  }

  private static long[] strides(Layout layout) {
    long[] strides = new long[layout.shape().rank()];
    Arrays.setAll(strides, layout::stride);
    return strides;
  }
}
