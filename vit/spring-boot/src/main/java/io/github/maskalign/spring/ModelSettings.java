package io.github.maskalign.spring;

import io.github.maskalign.tensor.Precision;
import io.github.maskalign.tensor.error.ArgumentException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How a model is loaded and served.
 *
 * @param model weight file or folder, hf:ORG/NAME on the Hub, or a short name such as clip_b16;
 *     nothing is loaded without it
 * @param lazy whether it is loaded when a bean first asks its {@code ObjectProvider} for it, not
 *     when the application starts
 * @param backend auto, cuda, cpu, plain or reference
 * @param device number of the GPU, from 0
 * @param threads number of threads; 0 for all cores
 * @param precision of matrix products and attention
 * @param maxBatch maximum number of images, or texts, of concurrent callers in a batch
 * @param maxDelay how long the first of a batch waits for others
 * @since 0.1.0
 */
public record ModelSettings(
    @Nullable String model,
    @DefaultValue("false") boolean lazy,
    @DefaultValue("auto") String backend,
    @DefaultValue("0") int device,
    @DefaultValue("0") int threads,
    @DefaultValue("f32") Precision precision,
    @DefaultValue("8") int maxBatch,
    @DefaultValue("0ms") Duration maxDelay) {

  /** Checks the numbers; Spring Boot names the properties that they are bound from. */
  public ModelSettings {
    require(device >= 0, "device is %d, must be 0 or more", device);
    require(threads >= 0, "threads is %d, must be 0 (all cores) or more", threads);
    require(maxBatch >= 1, "max-batch is %d, must be 1 or more", maxBatch);
    require(!maxDelay.isNegative(), "max-delay is %s, must not be negative", maxDelay);
  }

  static void require(boolean fits, String message, Object found) {
    if (!fits) {
      throw new ArgumentException(message.formatted(found));
    }
  }
}
