package io.github.maskalign.baseline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.maskalign.tensor.error.ShapeException;
import org.junit.jupiter.api.Test;

class MaskedPatchesTest {

  private final MaskedPatches masked = MaskedPatches.of(2, 4, new int[] {3, 0, 1, 2});

  @Test
  void whatIsNotVisibleIsHidden() {
    assertEquals(2, masked.kept());
    assertArrayEquals(new int[] {1, 2, 0, 3}, masked.hidden());
    assertArrayEquals(new int[] {2, 3, 1, 4}, masked.hiddenTokens());
  }

  @Test
  void restoringPutsDrawnRowsWhereTheirPatchesAre() {
    assertArrayEquals(new int[] {2, 9, 9, 1, 9, 1, 2, 9}, masked.restoring(1, 9));
  }

  @Test
  void maskingNamesThePatchItselfOrTheMask() {
    assertArrayEquals(new int[] {0, 4, 4, 3, 4, 1, 2, 4}, masked.masking());
  }

  @Test
  void nothingVisibleOrNothingHiddenIsRefused() {
    assertThrows(ShapeException.class, () -> MaskedPatches.of(2, 4, new int[0]));
    assertThrows(ShapeException.class, () -> MaskedPatches.of(1, 2, new int[] {0, 1}));
    assertThrows(ShapeException.class, () -> MaskedPatches.of(2, 4, new int[3]));
  }
}
