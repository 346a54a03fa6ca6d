package io.github.maskalign.cli.settings.groups;

import io.github.maskalign.baseline.DecoderConfig;
import io.github.maskalign.cli.settings.Setting;
import io.github.maskalign.config.Method;

/**
 * The pre-training method, and the decoder of the methods that have one.
 *
 * @since 0.1.0
 */
public record MethodSettings(
    @Setting(value = "Pre-training method", defaultValue = "maskalign") Method method,
    @Setting(
            value = "Embedding width of the decoder; for methods mae and decoder.",
            defaultValue = "512")
        int decoderWidth,
    @Setting(value = "Number of decoder blocks.", defaultValue = "8") int decoderDepth,
    @Setting(value = "Number of attention heads of the decoder.", defaultValue = "16")
        int decoderHeads) {

  /** The decoder's configuration. */
  public DecoderConfig decoder() {
    return new DecoderConfig(decoderWidth, decoderDepth, decoderHeads);
  }
}
