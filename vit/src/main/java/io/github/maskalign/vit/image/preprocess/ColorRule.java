package io.github.maskalign.vit.image.preprocess;

/**
 * What becomes of images that are not plain RGB.
 *
 * @since 0.1.0
 */
public enum ColorRule {
  /** Converted to gray or RGB, as many channels as the statistics have; alpha is dropped. */
  CHANNELS,
  /** Converted to RGB; alpha is dropped, as in timm. */
  RGB,
  /** Converted to RGB over white, as in transformers. */
  ON_WHITE,
  /** Resized and cropped as they are, then converted to RGB without alpha, as in OpenCLIP. */
  AFTER_RESIZING,
  /** Not converted: an image of another number of channels than the statistics is refused. */
  AS_STORED
}
