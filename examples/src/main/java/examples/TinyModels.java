package examples;

import io.github.maskalign.config.Dimensions;
import io.github.maskalign.data.augment.RandomResizedCrop;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.image.ChannelStats;

/** The networks of the small examples: 28-pixel gray pictures in 49 patches of 4 x 4. */
final class TinyModels {

  static final int CLASSES = 10;

  /** Mean and deviation over Fashion-MNIST's train split. */
  static final ChannelStats STATISTICS =
      new ChannelStats(new double[] {0.2860}, new double[] {0.3530});

  private static final int IMAGE_SIZE = 28;
  private static final int PATCH_SIZE = 4;

  private TinyModels() {}

  /** The teacher: width 96, 6 blocks, 3 heads, 0.67 million parameters. */
  static ViTConfig teacher() {
    return ViTConfig.of(IMAGE_SIZE, PATCH_SIZE, 96, 6, 3).withChannels(1);
  }

  /** The student, of the teacher's shape, so that any kind of fusion fits. */
  static ViTConfig student() {
    return teacher();
  }

  /**
   * The random crops that networks are trained on.
   *
   * @param min share of a picture that a crop covers
   */
  static RandomResizedCrop crop(double min) {
    RandomResizedCrop.Options options =
        RandomResizedCrop.Options.preTraining(IMAGE_SIZE, IMAGE_SIZE).withScale(min, 1);
    return new RandomResizedCrop(options, STATISTICS);
  }

  /** Of teacher and student alike. */
  static Dimensions dimensions() {
    ViTConfig config = teacher();
    return new Dimensions(config.depth(), config.width(), config.patches());
  }
}
