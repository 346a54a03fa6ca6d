package io.github.maskalign.vit.weights.config;

/** Sizes that a configuration states and the shapes of weights determine. */
public enum ConfigSize {
  /** Length of a token. */
  WIDTH,
  /** Number of blocks. */
  DEPTH,
  /** Hidden length of an MLP, or its ratio to the width. */
  MLP,
  /** Number of register tokens. */
  REGISTERS,
  /** Color channels. */
  CHANNELS,
  /** Height and width of a patch. */
  PATCH_SIZE,
  /** Height and width of the images. */
  IMAGE_SIZE
}
