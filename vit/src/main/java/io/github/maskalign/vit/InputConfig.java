package io.github.maskalign.vit;

import static io.github.maskalign.vit.ViTConfig.require;
import static io.github.maskalign.vit.ViTConfig.requirePositive;

import io.github.maskalign.vit.image.ImageSize;

/**
 * The patch embedding.
 *
 * @param imageSize height and width of the images
 * @param patchSize height and width of a patch; what remains at the right and the bottom of an
 *     image is not seen, as with a convolution
 * @param channels color channels of the images
 * @param bias whether the projection has a bias
 * @since 0.1.0
 */
public record InputConfig(ImageSize imageSize, int patchSize, int channels, boolean bias) {

  /** Checks the values. */
  public InputConfig {
    requirePositive("patch size", patchSize);
    requirePositive("channels", channels);
    require(
        imageSize.height() >= patchSize && imageSize.width() >= patchSize,
        "image size " + imageSize + " is smaller than the patch size " + patchSize);
  }
}
