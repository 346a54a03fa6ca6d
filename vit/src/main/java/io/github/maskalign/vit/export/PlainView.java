package io.github.maskalign.vit.export;

import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.image.preprocess.Crop;
import io.github.maskalign.vit.image.preprocess.Preprocessing;
import io.github.maskalign.vit.image.preprocess.ResizeRule;
import io.github.maskalign.vit.image.resize.Filter;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Preprocessing in the terms of other libraries: an image is resized, and its center is cropped.
 *
 * @param size of the input
 * @param resized the size that an image gets, or in its own aspect ratio covers
 * @param squashed whether both sides are resized regardless of the aspect ratio
 * @param filter of resizing
 */
record PlainView(ImageSize size, ImageSize resized, boolean squashed, Filter filter) {

  /**
   * The view of a preprocessing.
   *
   * @throws FormatException if it is of another kind
   */
  static PlainView of(Preprocessing images) {
    return find(images)
        .orElseThrow(
            () ->
                new FormatException(
                    "export: other libraries cannot state this preprocessing: %s; export as onnx instead"
                        .formatted(images.description())));
  }

  /** The view of a preprocessing; empty if it is of another kind. */
  static Optional<PlainView> find(Preprocessing images) {
    Crop crop = images.crop();
    return Optional.ofNullable(
        switch (images.resize()) {
          case ResizeRule.Exact(ImageSize to) -> view(images, to, true);
          case ResizeRule.ShortestEdge(int length) when crop != null ->
              view(images, ImageSize.square(length), false);
          case ResizeRule.ShortestEdgeUnless(int length, ImageSize _) when crop != null ->
              view(images, ImageSize.square(length), false);
          case ResizeRule.KeepRatio(ImageSize to, boolean inside) when crop != null && !inside ->
              view(images, to, false);
          default -> null;
        });
  }

  private static @Nullable PlainView view(Preprocessing images, ImageSize to, boolean squashed) {
    ImageSize size = images.crop() == null ? to : images.crop().size();
    boolean within = size.height() <= to.height() && size.width() <= to.width();
    return within ? new PlainView(size, to, squashed, images.sampling().filter()) : null;
  }

  /** Whether the input is a part of the resized image. */
  boolean isCropped() {
    return !squashed || !size.equals(resized);
  }

  /** The filter as in timm's configurations. */
  String interpolation() {
    return filter.name().toLowerCase(Locale.ROOT);
  }
}
