package io.github.maskalign.cuda.kernel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Blocks of attention cover all rows and fit on every device. */
class AttentionTilingTest {

  @Property
  void blocksCoverAllRowsAndFitOnEveryDevice(
      @ForAll @IntRange(min = 1, max = 3_000) int tokens,
      @ForAll @IntRange(min = 1, max = 128) int size,
      @ForAll @IntRange(min = 1, max = 2) int resident,
      @ForAll @IntRange(min = 1, max = 8) int maxWarps,
      @ForAll boolean bf16) {
    AttentionTiling tiling = AttentionTiling.of(7, tokens, size, tokens, resident, maxWarps, bf16);
    assertTrue(tiling.sharedBytes() <= AttentionTiling.MAX_SHARED, tiling::toString);
    assertTrue(tiling.warps() >= 1 && tiling.warps() <= maxWarps, tiling::toString);
    assertTrue(tiling.chunk() % 32 == 0 && tiling.chunk() > 0, tiling::toString);
    assertTrue(tiling.paddedHead() >= size && tiling.paddedHead() < size + 32, tiling::toString);
    long rows = tiling.blocks() / 7 * 16 * tiling.warps();
    assertTrue(rows >= tokens && rows < tokens + 16L * tiling.warps(), tiling::toString);
  }

  /**
   * 197 tokens of size 64 in BF16: two blocks of 7 warps per head, keys and values in two chunks.
   */
  @Example
  void sizesOfViTB() {
    AttentionTiling tiling = AttentionTiling.of(3_072, 197, 64, 197, 1, 8, true);
    assertEquals(7, tiling.warps());
    assertEquals(6_144, tiling.blocks());
    assertEquals(128, tiling.chunk());
  }
}
