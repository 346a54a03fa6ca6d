package io.github.maskalign.tensor.random;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.error.ArgumentException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.function.BiConsumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class PhiloxTest {

  /** A stream whose draws an independent program computed, see the numbers below. */
  private static final Philox KNOWN = Philox.of(0x0123456789ABCDEFL).stream("mask").at(7, -1);

  /** The vectors published with Random123, kat_vectors of philox4x32-10. */
  @Test
  void blocksMatchThePublishedVectors() {
    assertBlock(new int[] {0, 0, 0, 0, 0, 0}, 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
    assertBlock(new int[] {-1, -1, -1, -1, -1, -1}, 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
    assertBlock(
        new int[] {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0},
        0xd16cfe09,
        0x94fdcceb,
        0x5001e420,
        0x24126ea1);
  }

  private static void assertBlock(int[] in, int... expected) {
    int[] out = new int[4];
    Philox.block(in[0], in[1], in[2], in[3], in[4], in[5], out);
    assertArrayEquals(expected, out);
  }

  @Test
  void indicesWalkThroughTheWordsOfBlocks() {
    Philox zero = Philox.of(0);
    assertEquals(0x6627e8d5, zero.bits(0));
    assertEquals(0xe169c58d, zero.bits(1));
    assertEquals(0xbc57ac4c, zero.bits(2));
    assertEquals(0x9b00dbd8, zero.bits(3));
    int[] expected = {0x43300cd4, 0xb4bea794, 0x510a29c9, 0x8e8a532d, 0x2750954f, 0x87588c26};
    for (int i = 0; i < expected.length; i++) {
      assertEquals(expected[i], KNOWN.bits(3 + i));
    }
    assertEquals(0x3701844c, KNOWN.bits((1L << 40) + 2));
    assertEquals(0x6205c613, KNOWN.bits(-1));
  }

  @Test
  void derivedStreamsNeverChange() {
    assertEquals(0x3e52d7f4fbce104fL, Philox.of(5).stream("mask").stream());
    assertEquals(0x993ac99efdbadda7L, Philox.of(5).stream("ü").stream());
    assertEquals(0x19266b7a04d75031L, KNOWN.stream());
    assertEquals(5, Philox.of(5).stream("mask").seed());
  }

  @Test
  void derivedDrawsNeverChange() {
    double[] normals = {
      -0.021783089302988258, 0.6103191031850261, -0.1538569471614565, 1.9625148217991455
    };
    double[] exponentials = {
      0.18648195534607828, 1.363836288281023, 1.9375681929855875, 1.337687312354112
    };
    for (int i = 0; i < normals.length; i++) {
      assertEquals(normals[i], KNOWN.normal(i), 1e-7);
      assertEquals(exponentials[i], KNOWN.exponential(i), 1e-7);
    }
    assertEquals(0.8298735022544861, KNOWN.uniform(0));
    assertEquals(0.2556779980659485, KNOWN.uniformOpen(1));
    assertEquals(0.8298735339617582, KNOWN.uniformDouble(0));
    assertEquals(0.14405383365192959, KNOWN.uniformDouble(1));
    assertEquals(829873542, KNOWN.below(0, 1_000_000_007));
    assertEquals(144053836, KNOWN.below(1, 1_000_000_007));
    assertArrayEquals(new int[] {4, 7, 11, 6, 0, 3, 8, 5, 10, 1, 2, 9}, KNOWN.permutation(12));
  }

  @Test
  void severalNumbersApplyInOrder() {
    Philox root = Philox.of(1);
    assertEquals(root.at(3).at(8), root.at(3, 8));
    assertNotEquals(root.at(8, 3), root.at(3, 8));
    assertNotEquals(root.at(0), root);
    assertEquals(root, root.at());
  }

  @Test
  void epochsAndSamplesGetStreamsOfTheirOwn() {
    Set<Long> streams = new HashSet<>();
    for (String name : new String[] {"mask", "crop", "flip", "drop path"}) {
      for (int epoch = 0; epoch < 50; epoch++) {
        for (int sample = 0; sample < 1000; sample++) {
          streams.add(Philox.of(0).stream(name).at(epoch, sample).stream());
        }
      }
    }
    assertEquals(4 * 50 * 1000, streams.size());
  }

  @Property(tries = 200)
  void fillsEqualSingleDraws(
      @ForAll long seed, @ForAll long from, @ForAll @IntRange(max = 19) int length) {
    Philox random = Philox.of(seed).stream("fill");
    assertFill(random::fillUniform, random::uniform, from, length);
    assertFill(random::fillUniformOpen, random::uniformOpen, from, length);
    assertFill(random::fillNormal, random::normal, from, length);
    assertFill(random::fillExponential, random::exponential, from, length);
  }

  private interface Single {
    float at(long index);
  }

  private static void assertFill(
      BiConsumer<float[], Long> fill, Single single, long from, int length) {
    float[] expected = new float[length];
    for (int i = 0; i < length; i++) {
      expected[i] = single.at(from + i);
    }
    float[] filled = new float[length];
    fill.accept(filled, from);
    assertArrayEquals(expected, filled);
  }

  @Test
  void extremeWordsStayInsideTheirRanges() {
    int[] zeros = new int[4];
    int[] ones = {-1, -1, -1, -1};
    assertEquals(0f, Distributions.uniform(zeros, 0));
    assertEquals(Math.nextDown(1f), Distributions.uniform(ones, 0));
    assertEquals(0x1p-24f, Distributions.uniformOpen(zeros, 0));
    assertEquals(Math.nextDown(1f), Distributions.uniformOpen(ones, 0));
    assertTrue(Distributions.exponential(ones, 0) > 0);
    assertTrue(Distributions.exponential(zeros, 0) < 23);
    assertTrue(
        Float.isFinite(Distributions.normal(zeros, 0))
            && Float.isFinite(Distributions.normal(ones, 3)));
  }

  @Property
  void belowStaysBelow(@ForAll long seed, @ForAll long index, @ForAll @IntRange(min = 1) int n) {
    int drawn = Philox.of(seed).below(index, n);
    assertTrue(drawn >= 0 && drawn < n);
  }

  @Property(tries = 200)
  void permutationsHoldEveryNumberOnce(@ForAll long seed, @ForAll @IntRange(max = 300) int n) {
    int[] order = Philox.of(seed).stream("order").permutation(n);
    assertArrayEquals(order, Philox.of(seed).stream("order").permutation(n));
    Arrays.sort(order);
    for (int i = 0; i < n; i++) {
      assertEquals(i, order[i]);
    }
    assertEquals(n, order.length);
  }

  @Test
  void impossibleRangesAreRefused() {
    assertThrows(ArgumentException.class, () -> Philox.of(0).below(0, 0));
    assertThrows(ArgumentException.class, () -> Philox.of(0).below(0, -3));
    assertThrows(ArgumentException.class, () -> Philox.of(0).permutation(-1));
  }
}
