package io.github.maskalign.data.augment;

import io.github.maskalign.data.Range;
import io.github.maskalign.data.Transform;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.Normalize;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.image.Resize;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A random resized crop (bicubic) with optional flip, RandAugment, color jitter and random erasing:
 * the augmentation of supervised training.
 *
 * @since 0.1.0
 */
public final class AugmentedCrop implements Transform {

  // After the draws of the box, as in RandomResizedCrop: the same draws give the same crop.
  private static final int MIRROR = 32;

  private final Options options;
  private final ChannelStats stats;
  private final Normalize normalize;
  private final int[] fill;
  private final Resize resize;

  /**
   * The options.
   *
   * @param crop size, scale, ratio and mirror
   * @param once draw a single box and clip it to the picture, instead of up to ten until one fits
   * @param augment operations on the crop, or null
   * @param jitter jitter of its colors, or null
   * @param erasing random erasing, or null
   */
  public record Options(
      RandomResizedCrop.Options crop,
      boolean once,
      @Nullable RandAugment augment,
      @Nullable ColorJitter jitter,
      @Nullable RandomErasing erasing) {

    private static final Range SCALE = new Range(0.08, 1);
    private static final Range RATIO = new Range(3.0 / 4, 4.0 / 3);

    private static RandomResizedCrop.Options supervised(int size) {
      return new RandomResizedCrop.Options(size, size, SCALE, RATIO, 0.5);
    }

    /** A crop without further augmentation. */
    public static Options of(RandomResizedCrop.Options crop) {
      return new Options(crop, false, null, null, null);
    }

    /** The official fine-tuning's. */
    public static Options fineTuning(int size) {
      return of(supervised(size))
          .withAugment(RandAugment.official())
          .withErasing(RandomErasing.official());
    }

    /** The official linear probe's. */
    public static Options linearProbe(int size) {
      return new Options(supervised(size), true, null, null, null);
    }

    /** The same with other operations, or none. */
    public Options withAugment(@Nullable RandAugment other) {
      return new Options(crop, once, other, jitter, erasing);
    }

    /** The same with another color jitter, or none. */
    public Options withJitter(@Nullable ColorJitter other) {
      return new Options(crop, once, augment, other, erasing);
    }

    /** The same with other erasing, or none. */
    public Options withErasing(@Nullable RandomErasing other) {
      return new Options(crop, once, augment, jitter, other);
    }

    List<String> alterations() {
      return Stream.of(augment, jitter, erasing)
          .filter(Objects::nonNull)
          .map(Object::toString)
          .toList();
    }
  }

  /** A transform with these options that normalizes by these statistics. */
  public AugmentedCrop(Options options, ChannelStats stats) {
    this.options = options;
    this.stats = stats;
    this.normalize = new Normalize(stats);
    this.fill = RandAugment.fill(stats);
    this.resize = Resize.bicubic(options.crop().height(), options.crop().width());
  }

  @Override
  public int height() {
    return options.crop().height();
  }

  @Override
  public int width() {
    return options.crop().width();
  }

  @Override
  public int channels() {
    return stats.channels();
  }

  @Override
  public String description() {
    return Stream.of(
            List.of(options.crop() + (options.once() ? ", one draw" : "")),
            options.alterations(),
            List.of(stats.toString()))
        .flatMap(List::stream)
        .collect(Collectors.joining(", "));
  }

  /**
   * {@inheritDoc}
   *
   * @throws io.github.maskalign.tensor.error.ShapeException if the picture has another number of
   *     channels than the statistics
   */
  @Override
  public void apply(Picture picture, Philox draws, float[] out, int offset) {
    Picture cropped = resize.apply(crop(picture, draws));
    if (draws.uniformDouble(MIRROR) < options.crop().mirror()) {
      cropped = cropped.mirrored();
    }
    if (options.augment() != null) {
      cropped = options.augment().apply(cropped, fill, draws.stream("operations"));
    }
    if (options.jitter() != null) {
      cropped = options.jitter().apply(cropped, draws.stream("colors"));
    }
    normalize.write(cropped, false, out, offset);
    if (options.erasing() != null) {
      Philox noise = draws.stream("erasing");
      options.erasing().apply(out, offset, channels(), height(), width(), noise);
    }
  }

  private Picture crop(Picture picture, Philox draws) {
    RandomResizedCrop.Options crop = options.crop();
    int height = picture.height();
    int width = picture.width();
    CropBox box =
        options.once()
            ? CropBox.once(height, width, crop.scale(), crop.ratio(), draws)
            : CropBox.random(height, width, crop.scale(), crop.ratio(), draws);
    return picture.crop(box.top(), box.left(), box.height(), box.width());
  }
}
