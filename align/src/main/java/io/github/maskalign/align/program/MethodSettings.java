package io.github.maskalign.align.program;

import io.github.maskalign.align.baseline.DecoderConfig;
import io.github.maskalign.align.config.Method;
import io.github.maskalign.align.settings.Setting;

/**
 * What pre-training minimises, and the decoder of the methods that have one.
 *
 * @since 0.1.0
 */
public record MethodSettings(
    @Setting(value = "What pre-training minimises.", standard = "maskalign") Method method,
    @Setting(value = "Length of a decoder's tokens.", standard = "512") int decoderWidth,
    @Setting(value = "Blocks of a decoder.", standard = "8") int decoderDepth,
    @Setting(value = "Attention heads of a decoder.", standard = "16") int decoderHeads) {

  DecoderConfig decoder() {
    return new DecoderConfig(decoderWidth, decoderDepth, decoderHeads);
  }
}
