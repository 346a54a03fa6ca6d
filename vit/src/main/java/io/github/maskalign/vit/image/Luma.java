package io.github.maskalign.vit.image;

import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Tensor;
import java.util.Arrays;

/**
 * The gray value of a color, {@code (19595 R + 38470 G + 7471 B + 2^15) / 2^16} rounded down: ITU-R
 * 601-2 luma in Pillow's fixed point, for pictures and for tensors.
 *
 * @since 0.1.0
 */
public final class Luma {

  private static final int RED = 19595;
  private static final int GREEN = 38470;
  private static final int BLUE = 7471;
  private static final int SHIFT = 16;
  private static final double MAX = 255;
  private static final int HALF = 1 << (SHIFT - 1);

  private Luma() {}

  /** Of values from 0 to 255. */
  static int of(int red, int green, int blue) {
    return (RED * red + GREEN * green + BLUE * blue + HALF) >> SHIFT;
  }

  /**
   * pixels [B, 3, H, W] -> [B, 1, H, W], with the bits of {@link Picture#gray}.
   *
   * @param pixels whole numbers from 0 to 255
   */
  public static Tensor of(Ops ops, Tensor pixels) {
    return ops.within(
        "luma",
        o -> {
          Tensor weights =
              o.cast(o.of(new int[] {RED, GREEN, BLUE}, Picture.RGB, 1, 1), pixels.dtype());
          // Below 2^24, so F32 is exact as well.
          Tensor sum = o.sum(o.mul(pixels, weights), true, 1);
          return floor(o, o.affine(sum, 1.0 / (1 << SHIFT), 0.5));
        });
  }

  /**
   * images [B, 3, H, W] -> [B, 1, H, W]: of normalized images, normalized.
   *
   * @param from statistics of the color images, whose pixels had 8 bits
   * @param to statistics of the gray images
   */
  public static Tensor ofNormalized(Ops ops, Tensor images, ChannelStats from, ChannelStats to) {
    double[] scale = Arrays.stream(from.std()).map(std -> std * MAX).toArray();
    double[] shift = Arrays.stream(from.mean()).map(mean -> mean * MAX).toArray();
    double std = to.std()[0];
    double mean = to.mean()[0];
    return ops.within(
        "luma of normalized images",
        o -> {
          Tensor factor = o.cast(o.of(scale, Picture.RGB, 1, 1), images.dtype());
          Tensor offset = o.cast(o.of(shift, Picture.RGB, 1, 1), images.dtype());
          Tensor values = o.add(o.mul(images, factor), offset);
          Tensor pixels = floor(o, o.affine(values, 1, 0.5));
          return o.affine(of(o, pixels), 1 / (MAX * std), -mean / std);
        });
  }

  /** Rounds numbers of 0 or more down. */
  private static Tensor floor(Ops ops, Tensor x) {
    return ops.cast(ops.cast(x, DType.I32), x.dtype());
  }
}
