package io.github.maskalign.vit.weights.processor;

import io.github.maskalign.vit.image.preprocess.Preprocessing;
import io.github.maskalign.vit.image.preprocess.ResizeRule;
import io.github.maskalign.vit.image.resize.Arithmetic;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the files leave to their readers.
 *
 * @param imageBackend library of transformers' processors; if null, torchvision, which transformers
 *     5 takes for every processor that has both, even if a file names the class of the other. timm
 *     and OpenCLIP always have Pillow
 * @param testSize whether timm's {@code test_input_size} and {@code test_crop_pct} apply
 * @since 0.1.0
 */
public record ProcessorOptions(@Nullable ImageBackend imageBackend, boolean testSize) {

  /** As the files say. */
  public static ProcessorOptions defaults() {
    return new ProcessorOptions(null, false);
  }

  Arithmetic arithmetic() {
    return (imageBackend == null ? ImageBackend.TORCHVISION : imageBackend).arithmetic();
  }

  /**
   * Says that images are resized by another library than the wanted one, if they are.
   *
   * @param file name of the file that decides
   */
  public Optional<String> ignoredBackend(String file, Preprocessing used) {
    Arithmetic own = used.sampling().arithmetic();
    boolean pillow = own == Arithmetic.PILLOW;
    boolean wanted = imageBackend == null || pillow == (imageBackend == ImageBackend.PILLOW);
    return wanted || used.resize() instanceof ResizeRule.None
        ? Optional.empty()
        : Optional.of(
            "%s: images are resized as by %s, whatever the image backend"
                .formatted(file, pillow ? "Pillow" : "torchvision"));
  }

  /** With a library for transformers' processors; the default if null. */
  public ProcessorOptions withImageBackend(@Nullable ImageBackend wanted) {
    return new ProcessorOptions(wanted, testSize);
  }

  /** With or without the sizes for tests. */
  public ProcessorOptions withTestSize(boolean wanted) {
    return new ProcessorOptions(imageBackend, wanted);
  }
}
