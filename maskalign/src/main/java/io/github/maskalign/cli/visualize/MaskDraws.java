package io.github.maskalign.cli.visualize;

import io.github.maskalign.Masking;
import io.github.maskalign.config.AlignmentConfig;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.vit.image.Picture;
import java.util.ArrayList;
import java.util.List;

/**
 * Visible patches of an image in several draws of the mask.
 *
 * @param importance of the patches, [N]
 * @param visible patch indices in the order drawn, for each draw
 */
public record MaskDraws(float[] importance, List<int[]> visible) {

  /**
   * Draws masks as pre-training does in steps 0, 1, ...
   *
   * @param lens the teacher
   * @param ratio fraction of patches to hide
   * @param sample index of the image in the data set
   */
  public static MaskDraws of(
      PatchInsight lens, Picture picture, Masking masking, double ratio, long sample, int draws) {
    int patches = lens.config().patches();
    if (!(ratio >= 0 && ratio < 1)) {
      throw new ArgumentException("--mask-ratio: must be at least 0 and below 1, got " + ratio);
    }
    int kept = AlignmentConfig.keptPatches(patches, ratio);
    if (kept == 0) {
      throw new ArgumentException(
          "--mask-ratio: %s hides all of %d patches".formatted(ratio, patches));
    }
    float[] importance = lens.importance(picture);
    List<int[]> visible = new ArrayList<>();
    for (int step = 0; step < draws; step++) {
      visible.add(masking.draw(importance, patches, kept, step, new long[] {sample}));
    }
    return new MaskDraws(importance, visible);
  }
}
