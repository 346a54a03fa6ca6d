package io.github.maskalign.baseline;

import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ShapeException;
import java.util.Arrays;

/**
 * The two parts of each picture's patches.
 *
 * @param batch number of pictures, B
 * @param patches patches of a picture, N
 * @param visible patch numbers [B, K] in the order drawn
 * @param hidden patch numbers [B, N - K], ascending
 */
record MaskedPatches(int batch, int patches, int[] visible, int[] hidden) {

  /**
   * Finds the hidden patches.
   *
   * @throws ShapeException if nothing is hidden or nothing visible
   */
  static MaskedPatches of(int batch, int patches, int[] visible) {
    int kept = batch == 0 ? 0 : visible.length / batch;
    if (kept < 1 || kept >= patches || visible.length != batch * kept) {
      throw new ShapeException(
          "reconstruction: %d visible patches for a batch of %d with %d each; some must be visible"
                  .formatted(visible.length, batch, patches)
              + " and some hidden");
    }
    int[] hidden = new int[batch * (patches - kept)];
    int next = 0;
    for (int b = 0; b < batch; b++) {
      boolean[] seen = new boolean[patches];
      for (int k = 0; k < kept; k++) {
        seen[visible[b * kept + k]] = true;
      }
      for (int patch = 0; patch < patches; patch++) {
        if (!seen[patch]) {
          hidden[next++] = patch;
        }
      }
    }
    return new MaskedPatches(batch, patches, visible, hidden);
  }

  /** K. */
  int kept() {
    return visible.length / batch;
  }

  /** Patch numbers [B, K] for the student. */
  Tensor visibleIds(Ops ops) {
    return ops.of(visible, batch, kept());
  }

  /** x [B, N, D] -> [B, N - K, D]: the hidden patches' rows. */
  Tensor hiddenRows(Ops ops, Tensor x) {
    return ops.gatherTokens(x, ops.of(hidden, batch, patches - kept()));
  }

  /** Token numbers [B, N - K] of the hidden patches behind one prefix token. */
  int[] hiddenTokens() {
    return Arrays.stream(hidden).map(patch -> 1 + patch).toArray();
  }

  /**
   * Numbers [B, N] that put rows in the order of the patches: a visible patch's is its place in the
   * drawing plus {@code first}, every hidden one's is {@code mask}.
   */
  int[] restoring(int first, int mask) {
    int[] ids = new int[batch * patches];
    Arrays.fill(ids, mask);
    for (int i = 0; i < visible.length; i++) {
      ids[i / kept() * patches + visible[i]] = first + i % kept();
    }
    return ids;
  }

  /** Numbers [B, N]: a visible patch's own, or N for a hidden one. */
  int[] masking() {
    int[] ids = new int[batch * patches];
    Arrays.fill(ids, patches);
    for (int i = 0; i < visible.length; i++) {
      ids[i / kept() * patches + visible[i]] = visible[i];
    }
    return ids;
  }
}
