package io.github.maskalign.baseline;

import io.github.maskalign.vit.ViTConfig;

/**
 * The size of a decoder.
 *
 * @param width length of its tokens
 * @param depth number of its blocks
 * @param heads attention heads; divides the width
 * @since 0.1.0
 */
public record DecoderConfig(int width, int depth, int heads) {

  /** Width 512, 8 blocks, 16 heads: the published one (He et al., arXiv 2111.06377). */
  public static DecoderConfig published() {
    return new DecoderConfig(512, 8, 16);
  }

  /** Width 128, 2 blocks, 4 heads: for students with a few hundred channels. */
  public static DecoderConfig tiny() {
    return new DecoderConfig(128, 2, 4);
  }

  /** The configuration of its blocks, on the student's patches. */
  ViTConfig network(ViTConfig student) {
    return ViTConfig.of(student.imageSize(), student.patchSize(), width, depth, heads)
        .withChannels(student.channels());
  }
}
