package io.github.maskalign.tensor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.ShapeException;
import org.junit.jupiter.api.Test;

class ShapeTest {

  @Test
  void sizeIsTheProduct() {
    assertEquals(24, Shape.of(2, 3, 4).size());
    assertEquals(1, Shape.of().size());
    assertEquals(0, Shape.of(5, 0, 7).size());
    assertEquals(1L << 40, Shape.of(1 << 20, 1 << 20).size());
  }

  @Test
  void axesCountFromBothEnds() {
    Shape shape = Shape.of(2, 3, 4);
    assertEquals(3, shape.rank());
    assertEquals(2, shape.dim(0));
    assertEquals(4, shape.dim(-1));
    assertEquals(2, shape.dim(-3));
    assertTrue(message(() -> shape.dim(3)).contains("axis 3 does not exist in shape [2, 3, 4]"));
    assertTrue(message(() -> shape.dim(-4)).contains("axis -4"));
  }

  @Test
  void impossibleSizesAreRefused() {
    assertTrue(message(() -> Shape.of(2, -1)).contains("[2, -1] has a negative size"));
    int huge = Integer.MAX_VALUE;
    assertTrue(message(() -> Shape.of(huge, huge, huge)).contains("too many elements"));
  }

  @Test
  void derivedShapes() {
    Shape shape = Shape.of(2, 3, 4);
    assertEquals(Shape.of(2, 9, 4), shape.with(1, 9));
    assertEquals(Shape.of(2, 3, 9), shape.with(-1, 9));
    assertEquals(Shape.of(2), shape.leading(1));
    assertEquals(Shape.of(), shape.leading(0));
    assertEquals(Shape.of(2, 3, 4, 5, 6), shape.append(5, 6));
    assertNotEquals(shape, Shape.of(4, 3, 2));
    assertEquals(shape.hashCode(), Shape.of(2, 3, 4).hashCode());
    assertEquals("[2, 3, 4]", shape.toString());
  }

  @Test
  void callersCannotChangeAShape() {
    int[] dims = {2, 3};
    Shape shape = Shape.of(dims);
    dims[0] = 7;
    shape.dims()[1] = 7;
    assertArrayEquals(new int[] {2, 3}, shape.dims());
  }

  @Test
  void broadcastAlignsAtTheLastAxis() {
    assertEquals(Shape.of(2, 3, 4), Shape.broadcast("add", Shape.of(2, 3, 4), Shape.of(4)));
    assertEquals(Shape.of(2, 3, 4), Shape.broadcast("add", Shape.of(3, 1), Shape.of(2, 1, 4)));
    assertEquals(Shape.of(5), Shape.broadcast("add", Shape.of(), Shape.of(5)));
    assertEquals(Shape.of(0), Shape.broadcast("add", Shape.of(1), Shape.of(0)));
    String refusal = message(() -> Shape.broadcast("add", Shape.of(2, 3), Shape.of(2, 4)));
    assertTrue(refusal.contains("add") && refusal.contains("[2, 3]") && refusal.contains("[2, 4]"));
    assertThrows(ShapeException.class, () -> Shape.broadcast("add", Shape.of(2), Shape.of(0)));
  }

  private static String message(Runnable action) {
    return assertThrows(ShapeException.class, action::run).getMessage();
  }
}
