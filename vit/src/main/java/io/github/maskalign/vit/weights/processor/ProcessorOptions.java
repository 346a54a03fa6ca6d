package io.github.maskalign.vit.weights.processor;

import io.github.maskalign.vit.image.resize.Arithmetic;
import org.jspecify.annotations.Nullable;

/**
 * What the files leave to their readers.
 *
 * @param arithmetic of the resizing in transformers, Pillow's or torchvision's; if null,
 *     torchvision's, which transformers 5 takes for every processor that has both, even if a file
 *     names the class of the other
 * @param testSize whether timm's {@code test_input_size} and {@code test_crop_pct} apply
 * @since 0.1.0
 */
public record ProcessorOptions(@Nullable Arithmetic arithmetic, boolean testSize) {

  /** As the files say. */
  public static ProcessorOptions defaults() {
    return new ProcessorOptions(null, false);
  }

  Arithmetic arithmeticOr(Arithmetic unlessGiven) {
    return arithmetic == null ? unlessGiven : arithmetic;
  }

  /** With the arithmetic of a library. */
  public ProcessorOptions withArithmetic(Arithmetic wanted) {
    return new ProcessorOptions(wanted, testSize);
  }

  /** With or without the sizes for tests. */
  public ProcessorOptions withTestSize(boolean wanted) {
    return new ProcessorOptions(arithmetic, wanted);
  }
}
