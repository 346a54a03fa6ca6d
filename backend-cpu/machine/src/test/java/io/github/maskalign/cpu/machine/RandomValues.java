package io.github.maskalign.cpu.machine;

import java.util.Random;

/** Operands of several kinds, each hard in its way. */
final class RandomValues implements Panel.Values {

  /** What values are like. */
  enum Kind {
    /** Like activations and weights. */
    ORDINARY,
    /** Any bits at all. */
    ANY_BITS,
    /** Zeros, denormals, the least and the largest numbers, infinities, NaN; mostly zeros. */
    SPECIAL,
    /** Products that cancel all but a few bits of a sum. */
    CANCELLING,
    /** Sums about the least normal number, 2^-126. */
    TINY,
    /**
     * A sum of the least normal number less a product beyond its last bit: whether it is tiny
     * depends on whether that is asked before or after rounding.
     */
    NEARLY_TINY,
    /** Sums about the largest number. */
    HUGE
  }

  private static final int[] SPECIAL_BF16 = {
    0x0001, 0x8001, 0x007f, 0x807f, 0x0080, 0x8080, 0x7f80, 0xff80, 0x7fc0, 0xffc0, 0x7f81, 0x7f7f,
    0xff7f, 0x3f80, 0xbf80, 0x0040, 0x0081, 0x3f81, 0x7f00
  };

  private final Kind kind;
  private final Random random;

  /** Of the factors of products that must have an exact size. */
  private final int exponent;

  RandomValues(Kind kind, long seed) {
    this.kind = kind;
    random = new Random(seed);
    exponent = random.nextInt(40, 65);
  }

  @Override
  public int a() {
    return switch (kind) {
      case ORDINARY -> bf16(127, 8);
      case ANY_BITS -> random.nextInt(1 << 16);
      case SPECIAL -> random.nextInt(4) == 0 ? special() : sign(15);
      case CANCELLING -> sign(15) | 127 << 7 | random.nextInt(128);
      case TINY -> bf16(64, 4);
      case NEARLY_TINY -> sometimes(sign(15) | exponent << 7 | mantissa());
      case HUGE -> bf16(190, 3);
    };
  }

  @Override
  public int b() {
    return kind == Kind.NEARLY_TINY
        ? sometimes(sign(15) | 104 + random.nextInt(-2, 4) - exponent << 7 | mantissa())
        : a();
  }

  @Override
  public int addend() {
    return switch (kind) {
      case ORDINARY -> f32(127, 8);
      case ANY_BITS -> random.nextInt();
      case SPECIAL -> random.nextInt(3) == 0 ? random.nextInt() : special() << 16;
      case CANCELLING -> f32(128, 2);
      case TINY -> f32(random.nextInt(1, 4), 3);
      case NEARLY_TINY -> sign(31) | 0x00800000 + random.nextInt(2) * random.nextInt(2);
      case HUGE -> f32(252, 3);
    };
  }

  private int sign(int position) {
    return random.nextInt(2) << position;
  }

  private int sometimes(int value) {
    return random.nextInt(3) == 0 ? value : 0;
  }

  private int mantissa() {
    return random.nextBoolean() ? 0 : random.nextInt(128);
  }

  private int special() {
    return SPECIAL_BF16[random.nextInt(SPECIAL_BF16.length)];
  }

  private int bf16(int middle, int spread) {
    return sign(15) | exponent(middle, spread) << 7 | random.nextInt(128);
  }

  private int f32(int middle, int spread) {
    return sign(31) | exponent(middle, spread) << 23 | random.nextInt(1 << 23);
  }

  private int exponent(int middle, int spread) {
    return Math.clamp(middle + random.nextInt(-spread, spread + 1), 0, 255);
  }
}
