package io.github.maskalign.vit.export;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.image.preprocess.Crop;
import io.github.maskalign.vit.image.preprocess.Preprocessing;
import io.github.maskalign.vit.image.preprocess.ResizeRule;
import io.github.maskalign.vit.image.resize.Filter;
import java.util.Locale;

/**
 * Preprocessing in the terms of other libraries.
 *
 * @param size of the input
 * @param shorter length of the shorter side, whose center is cropped; 0 if both sides are resized
 * @param filter of resizing
 */
record PlainView(ImageSize size, int shorter, Filter filter) {

  /**
   * The view of a preprocessing.
   *
   * @throws FormatException if it is of another kind
   */
  static PlainView of(Preprocessing images) {
    Filter filter = images.sampling().filter();
    Crop crop = images.crop();
    return switch (images.resize()) {
      case ResizeRule.Exact(ImageSize size) when crop == null -> new PlainView(size, 0, filter);
      case ResizeRule.ShortestEdge(int length) when crop != null ->
          new PlainView(crop.size(), length, filter);
      case ResizeRule.ShortestEdgeUnless(int length, ImageSize _) when crop != null ->
          new PlainView(crop.size(), length, filter);
      default ->
          throw new FormatException(
              "export: other libraries cannot state this preprocessing: " + images.description());
    };
  }

  boolean isCropped() {
    return shorter > 0;
  }

  /** The filter as in timm's configurations. */
  String interpolation() {
    return filter.name().toLowerCase(Locale.ROOT);
  }
}
