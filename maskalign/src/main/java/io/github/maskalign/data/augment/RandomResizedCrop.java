package io.github.maskalign.data.augment;

import io.github.maskalign.data.Range;
import io.github.maskalign.data.Transform;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.Normalize;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.image.Resize;

/**
 * A random part of the picture, resized (bicubic), randomly mirrored, and normalized: the
 * augmentation of MaskAlign's pre-training.
 *
 * @since 0.1.0
 */
public final class RandomResizedCrop implements Transform {

  // After the draws of the box.
  private static final int MIRROR = 32;

  private final Options options;
  private final ChannelStats stats;
  private final Normalize normalize;
  private final Resize resize;

  /**
   * The options.
   *
   * @param height rows of the result
   * @param width columns of the result
   * @param scale share of the picture's area that the crop covers
   * @param ratio width over height of the crop
   * @param mirror probability of a horizontal flip
   */
  public record Options(int height, int width, Range scale, Range ratio, double mirror) {

    /** Checks the values. */
    public Options {
      if (height < 1 || width < 1) {
        throw new ArgumentException("crop to %d x %d pixels".formatted(height, width));
      }
      if (!(scale.from() > 0) || scale.to() > 1) {
        throw new ArgumentException(
            "crop scale " + scale + ": must be a share of the area, above 0 and at most 1");
      }
      if (!(ratio.from() > 0)) {
        throw new ArgumentException("crop ratio " + ratio + ": must be above 0");
      }
      if (!(mirror >= 0 && mirror <= 1)) {
        throw new ArgumentException("crop mirror probability " + mirror + ": must be 0 to 1");
      }
    }

    /** MaskAlign's choice: scale 0.2 to 1, ratio 3/4 to 4/3, mirrored with probability 1/2. */
    public static Options preTraining(int height, int width) {
      return new Options(height, width, new Range(0.2, 1), new Range(3.0 / 4, 4.0 / 3), 0.5);
    }

    /** The same with another scale. */
    public Options withScale(double from, double to) {
      return new Options(height, width, new Range(from, to), ratio, mirror);
    }
  }

  /** A transform with these options that normalizes by these statistics. */
  public RandomResizedCrop(Options options, ChannelStats stats) {
    this.options = options;
    this.stats = stats;
    this.normalize = new Normalize(stats);
    this.resize = Resize.bicubic(options.height(), options.width());
  }

  @Override
  public int height() {
    return options.height();
  }

  @Override
  public int width() {
    return options.width();
  }

  @Override
  public int channels() {
    return stats.channels();
  }

  @Override
  public String description() {
    return "random resized crop to %d x %d, scale %s to %s, ratio %s to %s, mirror %s, %s"
        .formatted(
            height(),
            width(),
            options.scale().from(),
            options.scale().to(),
            options.ratio().from(),
            options.ratio().to(),
            options.mirror(),
            stats);
  }

  /**
   * {@inheritDoc}
   *
   * @throws ShapeException if the picture has another number of channels than the statistics
   */
  @Override
  public void apply(Picture picture, Philox draws, float[] out, int offset) {
    CropBox box =
        CropBox.random(picture.height(), picture.width(), options.scale(), options.ratio(), draws);
    boolean mirrored = draws.uniformDouble(MIRROR) < options.mirror();
    apply(picture, box, mirrored, out, offset);
  }

  /** The part that is not random. */
  void apply(Picture picture, CropBox box, boolean mirrored, float[] out, int offset) {
    Picture cropped = picture.crop(box.top(), box.left(), box.height(), box.width());
    normalize.write(resize.apply(cropped), mirrored, out, offset);
  }
}
