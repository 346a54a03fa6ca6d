package io.github.maskalign.vit.weights;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.pair.ImageTextConfig;
import io.github.maskalign.vit.pair.ImageTextModel;
import java.nio.file.Path;

/**
 * A complete CLIP or SigLIP in a file or folder.
 *
 * @param images the image tower
 * @param texts the text tower
 * @since 0.1.0
 */
public record PairFile(NetworkFile images, TextTowerFile texts) implements AutoCloseable {

  /**
   * Opens a file or folder.
   *
   * @throws FormatException if it is damaged, or has not both towers
   */
  public static PairFile open(Path path) {
    NetworkFile images = NetworkFile.open(path);
    try {
      return new PairFile(images, TextTowerFile.of(images.file()));
    } catch (RuntimeException | Error e) {
      images.close();
      throw e;
    }
  }

  /** For images of another size: positions are resampled when the weights are loaded. */
  public PairFile withImageSize(ImageSize size) {
    return new PairFile(images.withConfig(images.config().withImageSize(size)), texts);
  }

  /** The configuration of both towers. */
  public ImageTextConfig config() {
    return new ImageTextConfig(
        images.config(), images.projection().orElse(null), texts.config(), texts.hasLogitBias());
  }

  /**
   * Creates the model and loads its weights.
   *
   * @throws FormatException if the weights do not fit
   */
  public ImageTextModel load(Parameters parameters) {
    ImageTextModel model = ImageTextModel.create(parameters, config());
    images.loadBelow(ImageTextModel.IMAGES, parameters);
    texts.load(parameters, ImageTextModel.TEXTS);
    texts.loadLogits(parameters);
    return model;
  }

  @Override
  public void close() {
    images.close();
  }
}
