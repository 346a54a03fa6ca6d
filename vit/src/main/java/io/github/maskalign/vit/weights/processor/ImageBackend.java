package io.github.maskalign.vit.weights.processor;

import io.github.maskalign.vit.image.resize.Arithmetic;

/**
 * The libraries with which transformers prepares images, its {@code backend} of an image processor.
 *
 * @since 0.1.0
 */
public enum ImageBackend {
  /** Pillow and NumPy: the classes that end in {@code Pil}, and most of transformers 4. */
  PILLOW(Arithmetic.PILLOW),
  /** Torchvision. */
  TORCHVISION(Arithmetic.TORCHVISION);

  private final Arithmetic arithmetic;

  ImageBackend(Arithmetic arithmetic) {
    this.arithmetic = arithmetic;
  }

  Arithmetic arithmetic() {
    return arithmetic;
  }
}
