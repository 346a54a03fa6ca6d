package io.github.maskalign.tensor.random;

import io.github.maskalign.tensor.error.ArgumentException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * Stateless random numbers: every draw is a pure function of seed, stream and index, so draws can
 * be made in any order, on any thread or device, and resuming requires only the indices.
 *
 * <p>The generator is Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as
 * easy as 1, 2, 3", 2011). The seed is its key, low half first. Its counter, low word first, is the
 * block number (two words) followed by the stream (two words). A block has four words: word {@code
 * i} of a stream is word {@code i mod 4} of block {@code i / 4}, indices being unsigned.
 *
 * <p>Streams of one seed never overlap. They are derived by name and by number, for example {@code
 * Philox.of(seed).stream("mask").at(step, sample)}. Children of one parent with different names
 * (whose FNV-1a hashes differ) or different numbers are always different streams; two streams from
 * different parents coincide with probability 2^-64. All draws from one stream share its words, so
 * use a separate stream for each purpose.
 *
 * @param seed the seed, of which all 64 bits count
 * @param stream which of the 2^64 sequences of this seed
 * @since 0.1.0
 */
public record Philox(long seed, long stream) {

  private static final int ROUNDS = 10;
  private static final long MULTIPLIER_0 = 0xD2511F53L;
  private static final long MULTIPLIER_1 = 0xCD9E8D57L;
  private static final int WEYL_0 = 0x9E3779B9;
  private static final int WEYL_1 = 0xBB67AE85;
  static final int WORDS = 4;

  private static final long FNV_OFFSET = 0xCBF29CE484222325L;
  private static final long FNV_PRIME = 0x100000001B3L;

  /** Separates names from numbers; any two odd constants serve. */
  private static final long NAME_SALT = 0x9E3779B97F4A7C15L;

  private static final long NUMBER_SALT = 0xD1B54A32D192ED03L;

  /** Returns stream 0 of a seed, the root of all derived streams. */
  public static Philox of(long seed) {
    return new Philox(seed, 0);
  }

  /** Derives the stream of a purpose from the 64-bit FNV-1a hash of its name in UTF-8. */
  public Philox stream(String name) {
    long hash = FNV_OFFSET;
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * FNV_PRIME;
    }
    return child(NAME_SALT, hash);
  }

  /**
   * Derives the stream of a number, such as an epoch or a sample. Several numbers are applied in
   * order: {@code at(a, b)} is {@code at(a).at(b)}, not {@code at(b, a)}.
   */
  public Philox at(long... numbers) {
    Philox child = this;
    for (long number : numbers) {
      child = child.child(NUMBER_SALT, number);
    }
    return child;
  }

  /** For a fixed parent and salt this is a bijection of the value, so siblings never collide. */
  private Philox child(long salt, long value) {
    return new Philox(seed, mix(mix(stream + salt) ^ value));
  }

  /** The finalizer of SplitMix64 (Steele, Lea and Flood, 2014), with its increment. */
  private static long mix(long z) {
    z += 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** Returns word {@code index}, 32 random bits. */
  public int bits(long index) {
    int[] words = new int[WORDS];
    block(index >>> 2, words);
    return words[(int) index & 3];
  }

  /** Uniform in [0, 1), a multiple of 2^-24, from the upper 24 bits of word {@code index}. */
  public float uniform(long index) {
    return draw(index, Distributions::uniform);
  }

  /** Uniform in (0, 1), an odd multiple of 2^-24, from the upper 23 bits of word {@code index}. */
  public float uniformOpen(long index) {
    return draw(index, Distributions::uniformOpen);
  }

  /**
   * Uniform in [0, 1), a multiple of 2^-53, from the words {@code 2 index} (upper 27 bits) and
   * {@code 2 index + 1} (upper 26 bits).
   */
  public double uniformDouble(long index) {
    long high = bits(2 * index) >>> 5;
    long low = bits(2 * index + 1) >>> 6;
    return ((high << 26) | low) * 0x1p-53;
  }

  /**
   * Standard normal by the Box-Muller transform, in double, of the words of an even index and its
   * successor: the even index takes the cosine, the odd one the sine.
   */
  public float normal(long index) {
    return draw(index, Distributions::normal);
  }

  /** Exponential with mean 1, positive and finite, from all 32 bits of word {@code index}. */
  public float exponential(long index) {
    return draw(index, Distributions::exponential);
  }

  /**
   * Uniform in [0, bound), from the words {@code 2 index} (upper half) and {@code 2 index + 1}: the
   * upper half of the 64-bit number times the bound. The bias is at most bound / 2^64.
   *
   * @throws ArgumentException if the bound is not positive
   */
  public int below(long index, int bound) {
    if (bound <= 0) {
      throw new ArgumentException("below: bound is " + bound + ", must be positive");
    }
    long number = ((long) bits(2 * index) << 32) | (bits(2 * index + 1) & 0xFFFFFFFFL);
    return (int) Math.unsignedMultiplyHigh(number, bound);
  }

  /** Fills an array with {@link #uniform} of the indices from {@code from} on. */
  public void fillUniform(float[] out, long from) {
    fill(out, from, Distributions::uniform);
  }

  /** Fills F32 memory in native order with {@link #uniform} of the indices from {@code from} on. */
  public void fillUniform(MemorySegment out, long from) {
    fill(out, from, Distributions::uniform);
  }

  /** Fills an array with {@link #uniformOpen} of the indices from {@code from} on. */
  public void fillUniformOpen(float[] out, long from) {
    fill(out, from, Distributions::uniformOpen);
  }

  /** Fills an array with {@link #exponential} of the indices from {@code from} on. */
  public void fillExponential(float[] out, long from) {
    fill(out, from, Distributions::exponential);
  }

  /** Fills an array with {@link #normal} of the indices from {@code from} on. */
  public void fillNormal(float[] out, long from) {
    fill(out, from, Distributions::normal);
  }

  private float draw(long index, Distributions.Draw draw) {
    int[] words = new int[WORDS];
    block(index >>> 2, words);
    return draw.from(words, (int) index & 3);
  }

  private void fill(float[] out, long from, Distributions.Draw draw) {
    fill(MemorySegment.ofArray(out), from, draw);
  }

  private void fill(MemorySegment out, long from, Distributions.Draw draw) {
    int[] words = new int[WORDS];
    long count = out.byteSize() / Float.BYTES;
    for (long i = 0; i < count; ) {
      long index = from + i;
      block(index >>> 2, words);
      for (int word = (int) index & 3; word < WORDS && i < count; word++) {
        out.setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i++, draw.from(words, word));
      }
    }
  }

  /**
   * Returns a random permutation of 0 to n - 1, each equally likely, by the Fisher-Yates shuffle
   * with unbiased draws by Lemire's method ("Fast random integer generation in an interval", 2019).
   * It consumes words of this stream from index 0 on, so use a separate stream for each
   * permutation.
   *
   * @throws ArgumentException if n is negative
   */
  public int[] permutation(int n) {
    if (n < 0) {
      throw new ArgumentException("permutation: n is " + n + ", must not be negative");
    }
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      order[i] = i;
    }
    BoundedInts source = new BoundedInts(this);
    for (int last = n - 1; last > 0; last--) {
      int other = source.below(last + 1);
      int moved = order[last];
      order[last] = order[other];
      order[other] = moved;
    }
    return order;
  }

  /** The four words of a block of this stream. */
  void block(long number, int[] out) {
    block(
        (int) number,
        (int) (number >>> 32),
        (int) stream,
        (int) (stream >>> 32),
        (int) seed,
        (int) (seed >>> 32),
        out);
  }

  /** One block of the bare generator: counter c, key k, low words first. */
  static void block(int c0, int c1, int c2, int c3, int k0, int k1, int[] out) {
    for (int round = 0; round < ROUNDS; round++) {
      long product0 = MULTIPLIER_0 * (c0 & 0xFFFFFFFFL);
      long product1 = MULTIPLIER_1 * (c2 & 0xFFFFFFFFL);
      c0 = (int) (product1 >>> 32) ^ c1 ^ k0;
      c1 = (int) product1;
      c2 = (int) (product0 >>> 32) ^ c3 ^ k1;
      c3 = (int) product0;
      k0 += WEYL_0;
      k1 += WEYL_1;
    }
    out[0] = c0;
    out[1] = c1;
    out[2] = c2;
    out[3] = c3;
  }
}
