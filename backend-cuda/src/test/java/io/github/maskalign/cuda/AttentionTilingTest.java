package io.github.maskalign.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Blocks of attention cover all rows and fit every device. */
class AttentionTilingTest {

  @Property
  void blocksCoverAllRowsAndFitEveryDevice(
      @ForAll @IntRange(min = 1, max = 3_000) int tokens,
      @ForAll @IntRange(min = 1, max = 128) int size,
      @ForAll @IntRange(min = 1, max = 2) int own,
      @ForAll @IntRange(min = 1, max = 8) int mostWarps,
      @ForAll boolean bf16) {
    AttentionTiling tiling = AttentionTiling.of(7, tokens, size, tokens, own, mostWarps, bf16);
    assertTrue(tiling.sharedBytes() <= AttentionTiling.MOST_SHARED, tiling::toString);
    assertTrue(tiling.warps() >= 1 && tiling.warps() <= mostWarps, tiling::toString);
    assertTrue(tiling.chunk() % 32 == 0 && tiling.chunk() > 0, tiling::toString);
    assertTrue(tiling.head() >= size && tiling.head() < size + 32, tiling::toString);
    long rows = tiling.blocks() / 7 * 16 * tiling.warps();
    assertTrue(rows >= tokens && rows < tokens + 16L * tiling.warps(), tiling::toString);
  }

  /** 197 tokens of 64 in BF16: two blocks a head of 7 warps each, keys and values in two pieces. */
  @Example
  void theSizesOfVitB() {
    AttentionTiling tiling = AttentionTiling.of(3_072, 197, 64, 197, 1, 8, true);
    assertEquals(7, tiling.warps());
    assertEquals(6_144, tiling.blocks());
    assertEquals(128, tiling.chunk());
  }
}
