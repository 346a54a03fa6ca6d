package io.github.maskalign.cli.settings.groups;

import io.github.maskalign.baseline.DecoderConfig;
import io.github.maskalign.cli.settings.Setting;
import io.github.maskalign.config.Method;

/**
 * What pre-training minimizes, and the decoder of the methods that have one.
 *
 * @since 0.1.0
 */
public record MethodSettings(
    @Setting(value = "What pre-training minimizes.", standard = "maskalign") Method method,
    @Setting(value = "Length of a decoder's tokens.", standard = "512") int decoderWidth,
    @Setting(value = "Blocks of a decoder.", standard = "8") int decoderDepth,
    @Setting(value = "Attention heads of a decoder.", standard = "16") int decoderHeads) {

  public DecoderConfig decoder() {
    return new DecoderConfig(decoderWidth, decoderDepth, decoderHeads);
  }
}
