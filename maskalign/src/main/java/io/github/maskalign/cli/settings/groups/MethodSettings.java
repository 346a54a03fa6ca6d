package io.github.maskalign.cli.settings.groups;

import io.github.maskalign.baseline.DecoderConfig;
import io.github.maskalign.cli.settings.Setting;
import io.github.maskalign.config.Method;
import io.github.maskalign.tensor.error.ArgumentException;

/**
 * The pre-training method, and the decoder of the methods that have one.
 *
 * @since 0.1.0
 */
public record MethodSettings(
    @Setting(value = "Pre-training method", defaultValue = "maskalign") Method method,
    @Setting(
            value = "Embedding width of the decoder; for methods mae and decoder.",
            defaultValue = "512",
            range = "[1, 65536]")
        int decoderWidth,
    @Setting(value = "Number of decoder blocks.", defaultValue = "8", range = "[1, 1000]")
        int decoderDepth,
    @Setting(
            value = "Number of attention heads of the decoder.",
            defaultValue = "16",
            range = "[1, 65536]")
        int decoderHeads) {

  /** Rejects a decoder that cannot be built. */
  public MethodSettings {
    if (decoderWidth % decoderHeads != 0) {
      throw new ArgumentException(
          "--decoder-heads %d: must divide --decoder-width %d"
              .formatted(decoderHeads, decoderWidth));
    }
    ModelSettings.requirePositions("--decoder-width " + decoderWidth, decoderWidth);
  }

  /** The decoder's configuration. */
  public DecoderConfig decoder() {
    return new DecoderConfig(decoderWidth, decoderDepth, decoderHeads);
  }
}
