package io.github.maskalign.data.augment;

import io.github.maskalign.tensor.error.ShapeException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the pictures of a batch are mixed: sample {@code i} with its partner {@code B - 1 - i}, each
 * as it was before (Zhang et al., mixup, arXiv 1710.09412; Yun et al., CutMix, arXiv 1905.04899).
 *
 * @param blends how each sample is mixed
 * @since 0.1.0
 */
public record BatchMix(List<Blend> blends) {

  /**
   * How a sample is mixed: {@code share} of itself plus the rest of its partner, or its partner's
   * pixels in a box.
   *
   * @param share weight of the sample's own targets and, without a box, of its pixels
   * @param box the pixels that the partner replaces, or null
   */
  public record Blend(double share, @Nullable CropBox box) {

    /** Leaves a sample unchanged. */
    public static final Blend NONE = new Blend(1, null);

    /** Averages pixels. */
    public static Blend mixup(double share) {
      return new Blend(share, null);
    }

    /** Pastes a box; the share is the rest of the area. */
    public static Blend cutmix(CropBox box, int height, int width) {
      double area = (double) box.height() * box.width();
      return new Blend(1 - area / ((double) height * width), box);
    }
  }

  /**
   * Copies the list and checks its size.
   *
   * @throws ShapeException if it is odd, so that a sample would have no partner
   */
  public BatchMix {
    blends = List.copyOf(blends);
    if (blends.size() % 2 != 0) {
      throw new ShapeException(
          "mixing: batch size %d must be even, since images are mixed in pairs"
              .formatted(blends.size()));
    }
  }

  /** Mixes pictures {@code [B, C, H, W]} in place. */
  public void apply(float[] pixels, int channels, int height, int width) {
    int sample = channels * height * width;
    if (pixels.length != blends.size() * sample) {
      throw new ShapeException(
          "mixing: %d values are not %d images of %d x %d x %d"
              .formatted(pixels.length, blends.size(), channels, height, width));
    }
    for (int i = 0; i < blends.size() / 2; i++) {
      int other = blends.size() - 1 - i;
      for (int row = 0; row < channels * height; row++) {
        int a = i * sample + row * width;
        int b = other * sample + row * width;
        mixRow(pixels, a, b, width, row % height, blends.get(i), blends.get(other));
      }
    }
  }

  private static void mixRow(
      float[] pixels, int a, int b, int width, int y, Blend first, Blend second) {
    float keepFirst = ownWeight(first);
    float keepSecond = ownWeight(second);
    float giveFirst = partnerWeight(first);
    float giveSecond = partnerWeight(second);
    for (int x = 0; x < width; x++) {
      float one = pixels[a + x];
      float two = pixels[b + x];
      pixels[a + x] = covers(first, y, x) ? two : one * keepFirst + two * giveFirst;
      pixels[b + x] = covers(second, y, x) ? one : two * keepSecond + one * giveSecond;
    }
  }

  private static float ownWeight(Blend blend) {
    return blend.box() == null ? (float) blend.share() : 1;
  }

  private static float partnerWeight(Blend blend) {
    return blend.box() == null ? (float) (1 - blend.share()) : 0;
  }

  private static boolean covers(Blend blend, int y, int x) {
    CropBox box = blend.box();
    return box != null
        && y >= box.top()
        && y < box.top() + box.height()
        && x >= box.left()
        && x < box.left() + box.width();
  }

  /** Mixes target distributions {@code [B, classes]} in place. */
  public void applyToTargets(float[] targets, int classes) {
    for (int i = 0; i < blends.size() / 2; i++) {
      int other = blends.size() - 1 - i;
      double first = blends.get(i).share();
      double second = blends.get(other).share();
      for (int k = 0; k < classes; k++) {
        float one = targets[i * classes + k];
        float two = targets[other * classes + k];
        targets[i * classes + k] = (float) (one * first + two * (1 - first));
        targets[other * classes + k] = (float) (two * second + one * (1 - second));
      }
    }
  }
}
