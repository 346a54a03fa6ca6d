package io.github.maskalign.vit;

import static io.github.maskalign.vit.ViTConfig.require;

/**
 * The input of the first block: learned prefix tokens, then the patches.
 *
 * @param classToken whether the first prefix token is the class token
 * @param distillationToken whether DeiT's distillation token follows
 * @param registers number of further prefix tokens
 * @param positions kind of position embeddings
 * @param positionedPrefix number of prefix tokens, from the first, with a row in the position table
 * @param norm whether a layer norm precedes the blocks, as in CLIP
 * @param resampling of the position table to other image sizes
 * @param rotaryBase base of the frequencies of rotary positions
 * @since 0.1.0
 */
public record TokenConfig(
    boolean classToken,
    boolean distillationToken,
    int registers,
    PositionEmbedding positions,
    int positionedPrefix,
    boolean norm,
    Resampling resampling,
    double rotaryBase) {

  private static final double ROTARY_BASE = 100;

  /** Checks the values. */
  public TokenConfig {
    require(registers >= 0, "registers must be 0 or more, got " + registers);
    int prefix = prefix(classToken, distillationToken, registers);
    require(
        positionedPrefix >= 0 && positionedPrefix <= prefix,
        positionedPrefix + " tokens with positions exceed the number of prefix tokens, " + prefix);
    require(
        rotaryBase > 0 && Double.isFinite(rotaryBase),
        "rotary base must be positive and finite, got " + rotaryBase);
  }

  /** A class token, or none, with a position, or none if positions are rotary. */
  public static TokenConfig of(boolean classToken, PositionEmbedding positions) {
    int positioned = classToken && positions != PositionEmbedding.ROTARY ? 1 : 0;
    return new TokenConfig(
        classToken, false, 0, positions, positioned, false, Resampling.BICUBIC, ROTARY_BASE);
  }

  /** Number of prefix tokens. */
  public int prefix() {
    return prefix(classToken, distillationToken, registers);
  }

  private static int prefix(boolean classToken, boolean distillationToken, int registers) {
    return registers + (classToken ? 1 : 0) + (distillationToken ? 1 : 0);
  }

  /** With a distillation token or without. */
  public TokenConfig withDistillationToken(boolean token) {
    return new TokenConfig(
        classToken, token, registers, positions, positionedPrefix, norm, resampling, rotaryBase);
  }

  /** With another number of registers. */
  public TokenConfig withRegisters(int count) {
    return new TokenConfig(
        classToken,
        distillationToken,
        count,
        positions,
        Math.min(positionedPrefix, prefix() - registers + Math.max(0, count)),
        norm,
        resampling,
        rotaryBase);
  }

  /** With positions of this kind, for so many prefix tokens. */
  public TokenConfig withPositions(PositionEmbedding kind, int positioned) {
    return new TokenConfig(
        classToken, distillationToken, registers, kind, positioned, norm, resampling, rotaryBase);
  }

  /** With a layer norm before the blocks or without. */
  public TokenConfig withNorm(boolean before) {
    return new TokenConfig(
        classToken,
        distillationToken,
        registers,
        positions,
        positionedPrefix,
        before,
        resampling,
        rotaryBase);
  }

  /** With another resampling of the position table. */
  public TokenConfig withResampling(Resampling kind) {
    return new TokenConfig(
        classToken,
        distillationToken,
        registers,
        positions,
        positionedPrefix,
        norm,
        kind,
        rotaryBase);
  }

  /** With another base of the frequencies of rotary positions. */
  public TokenConfig withRotaryBase(double base) {
    return new TokenConfig(
        classToken,
        distillationToken,
        registers,
        positions,
        positionedPrefix,
        norm,
        resampling,
        base);
  }
}
