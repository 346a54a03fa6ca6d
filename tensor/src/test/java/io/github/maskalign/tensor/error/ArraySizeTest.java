package io.github.maskalign.tensor.error;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class ArraySizeTest {

  @Test
  void isTheProduct() {
    assertEquals(1, ArraySize.of("none"));
    assertEquals(0, ArraySize.of("empty", 1 << 20, 0, 1 << 20));
    assertEquals(Integer.MAX_VALUE, ArraySize.of("largest", Integer.MAX_VALUE));
    assertEquals(1 << 30, ArraySize.of("large", 1 << 10, 1 << 20));
  }

  @Test
  void namesWhatIsTooLarge() {
    for (long factor : new long[] {1L << 31, 1L << 33, Long.MAX_VALUE}) {
      String message =
          assertThrows(ArgumentException.class, () -> ArraySize.of("a batch", 1 << 30, factor))
              .getMessage();
      assertEquals("a batch: more than 2,147,483,647 values at once are not possible", message);
    }
  }
}
