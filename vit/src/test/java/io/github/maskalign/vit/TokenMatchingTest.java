package io.github.maskalign.vit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.tensor.random.Philox;
import java.util.Arrays;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class TokenMatchingTest {

  /** Random similarities and sizes; a level of the similarities makes many of them equal. */
  private record Case(int batch, int prefix, int tokens, int count, float[] similarity) {

    static Case of(int batch, int prefix, int patches, int share, boolean ties, long seed) {
      int each = TokenMatching.sources(patches) * TokenMatching.targets(patches);
      float[] similarity = new float[batch * each];
      Philox random = Philox.of(seed);
      for (int i = 0; i < similarity.length; i++) {
        float value = (float) random.normal(i);
        similarity[i] = ties ? Math.round(value) : value;
      }
      int count = TokenMatching.targets(patches) * share / 4;
      return new Case(batch, prefix, prefix + patches, count, similarity);
    }

    float[] sizes() {
      float[] sizes = new float[batch * tokens];
      for (int i = 0; i < sizes.length; i++) {
        sizes[i] = i % tokens < prefix ? 1 : 1 + Philox.of(7).below(i, 5);
      }
      return sizes;
    }

    int after() {
      return tokens - count;
    }

    TokenMatching match() {
      return TokenMatching.of(similarity, sizes(), batch, prefix, count);
    }

    double[][] similarity(int sample) {
      int sources = TokenMatching.sources(tokens - prefix);
      int targets = TokenMatching.targets(tokens - prefix);
      double[][] own = new double[sources][targets];
      for (int a = 0; a < sources; a++) {
        for (int b = 0; b < targets; b++) {
          own[a][b] = similarity[(sample * sources + a) * targets + b];
        }
      }
      return own;
    }
  }

  @Property(tries = 200)
  void isWhatThePlainDefinitionSays(
      @ForAll @IntRange(min = 1, max = 3) int batch,
      @ForAll @IntRange(max = 3) int prefix,
      @ForAll @IntRange(min = 2, max = 17) int patches,
      @ForAll @IntRange(max = 4) int share,
      @ForAll boolean ties,
      @ForAll long seed) {
    Case c = Case.of(batch, prefix, patches, share, ties, seed);
    TokenMatching matching = c.match();
    for (int b = 0; b < batch; b++) {
      // A token whose only value is its number shows which tokens became which.
      double[][] tokens = new double[c.tokens][c.tokens];
      int[] sizes = new int[c.tokens];
      for (int t = 0; t < c.tokens; t++) {
        tokens[t][t] = 1;
        sizes[t] = (int) c.sizes()[b * c.tokens + t];
      }
      PlainMerging plain = new PlainMerging(tokens, sizes).merged(c.similarity(b), prefix, c.count);
      double[][] merged = new double[c.after()][c.tokens];
      for (int t = 0; t < c.tokens; t++) {
        merged[matching.ids()[b * c.tokens + t]][t] = matching.weights()[b * c.tokens + t];
      }
      for (int t = 0; t < c.after(); t++) {
        assertArrayEquals(plain.tokens()[t], merged[t], 1e-6, "token " + t);
        assertEquals(plain.sizes()[t], matching.sizes()[b * c.after() + t]);
      }
    }
  }

  @Property(tries = 100)
  void nothingIsLostAndThePrefixStays(
      @ForAll @IntRange(min = 1, max = 3) int batch,
      @ForAll @IntRange(max = 3) int prefix,
      @ForAll @IntRange(min = 2, max = 40) int patches,
      @ForAll @IntRange(max = 4) int share,
      @ForAll long seed) {
    Case c = Case.of(batch, prefix, patches, share, false, seed);
    TokenMatching matching = c.match();
    for (int b = 0; b < batch; b++) {
      float before = sum(c.sizes(), b * c.tokens, c.tokens);
      assertEquals(before, sum(matching.sizes(), b * c.after(), c.after()));
      float[] shares = new float[c.after()];
      for (int t = 0; t < c.tokens; t++) {
        shares[matching.ids()[b * c.tokens + t]] += matching.weights()[b * c.tokens + t];
        assertTrue(t >= prefix || matching.ids()[b * c.tokens + t] == t);
      }
      for (float each : shares) {
        assertEquals(1, each, 1e-6f);
      }
    }
  }

  /** The samples of a batch are matched separately. */
  @Property(tries = 50)
  void samplesInAnotherOrderAreMatchedAlike(
      @ForAll @IntRange(min = 2, max = 20) int patches, @ForAll long seed) {
    Case c = Case.of(2, 1, patches, 2, false, seed);
    int each = c.similarity.length / 2;
    float[] turned = new float[2 * each];
    System.arraycopy(c.similarity, 0, turned, each, each);
    System.arraycopy(c.similarity, each, turned, 0, each);
    float[] ones = new float[2 * c.tokens];
    Arrays.fill(ones, 1);
    TokenMatching one = TokenMatching.of(c.similarity, ones, 2, 1, c.count);
    TokenMatching other = TokenMatching.of(turned, ones, 2, 1, c.count);
    int[] ids = one.ids();
    assertArrayEquals(Arrays.copyOf(ids, c.tokens), half(other.ids(), c.tokens));
    assertArrayEquals(half(ids, c.tokens), Arrays.copyOf(other.ids(), c.tokens));
  }

  private static int[] half(int[] ids, int from) {
    return Arrays.copyOfRange(ids, from, 2 * from);
  }

  private static float sum(float[] values, int from, int count) {
    float sum = 0;
    for (int i = from; i < from + count; i++) {
      sum += values[i];
    }
    return sum;
  }

  /** Equal similarities, of which -0 and 0 are two: the first sources go to the first target. */
  @Example
  void tiesGoToTheLowerNumber() {
    float[] similarity = {0, -0f, 0, -0f, 0, 0, -0f, -0f, 0};
    float[] sizes = {1, 1, 1, 1, 1, 1, 1};
    TokenMatching matching = TokenMatching.of(similarity, sizes, 1, 1, 2);
    // Tokens: the prefix, then source, target, source, target, source, target.
    assertArrayEquals(new int[] {0, 2, 2, 2, 3, 1, 4}, matching.ids());
    assertArrayEquals(new float[] {1, 1, 3, 1, 1}, matching.sizes());
  }
}
