package io.github.maskalign.vit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.autograd.Tape;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.TokenMerging.Merged;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenMergingTest {

  private static final int SIZE = 20;
  private static final int PATCH = 4;
  private static final int WIDTH = 16;
  private static final int DEPTH = 4;
  private static final int HEADS = 2;
  private static final int PATCHES = 25;
  private static final double ROUNDING = 2e-5;

  /** 25 patches and a class token. */
  private static final ViTConfig CONFIG =
      ViTConfig.of(SIZE, PATCH, WIDTH, DEPTH, HEADS)
          .withPositions(PositionEmbedding.LEARNED)
          .withLayerScale(0.7);

  private static ViTConfig config(int prefix) {
    return prefix > 0 ? CONFIG.withPrefixTokens(prefix) : CONFIG.asSiglip();
  }

  /** A network on a backend, and random images. */
  private static final class Given implements AutoCloseable {

    final Backends.Choice choice;
    final Scope scope;
    final Parameters parameters;
    final ViT network;

    Given(String backend, int threads, DType dtype, ViTConfig config) {
      this.choice = Backends.open(backend, BackendOptions.defaults().withThreads(threads));
      this.scope = Scope.root(choice.backend(), "test");
      this.parameters = Parameters.initialized(scope, dtype, 1);
      this.network = ViT.create(parameters.root(), config);
    }

    Ops ops() {
      return scope.ops();
    }

    Merged forward(int merge, float[] pixels) {
      return new TokenMerging(network, merge).forward(ops(), images(pixels));
    }

    Tensor images(float[] pixels) {
      int count = pixels.length / (3 * SIZE * SIZE);
      Tensor images = ops().of(pixels, count, 3, SIZE, SIZE);
      return ops().cast(images, parameters.all().iterator().next().value().dtype());
    }

    PlainNet plain() {
      Map<String, float[]> weights = new HashMap<>();
      for (Parameter each : parameters.all()) {
        weights.put(each.name(), each.value().toFloats());
      }
      return new PlainNet(weights, network.config().normEps(), HEADS);
    }

    @Override
    public void close() {
      scope.close();
      choice.close();
    }
  }

  private static float[] pixels(int count) {
    float[] pixels = new float[count * 3 * SIZE * SIZE];
    Philox.of(3).fillNormal(pixels, 0);
    return pixels;
  }

  /** The tokens of an image that a network merges, in plain loops over doubles. */
  private static PlainMerging plain(Given given, float[] pixels, int sample, int merge) {
    PlainNet net = given.plain();
    double[] image = new double[3 * SIZE * SIZE];
    Arrays.setAll(image, i -> pixels[sample * image.length + i]);
    int prefix = given.network.config().prefixTokens();
    float[] positions = net.weight("pos_embed");
    double[][] x = net.patches(image, 3, SIZE, PATCH, "patch_embed.proj");
    x = PlainNet.add(x, PlainNet.rows(positions, WIDTH, prefix, prefix + PATCHES), null);
    for (String token : List.of("reg_token", "cls_token")) {
      float[] rows = net.weights().get(token);
      if (rows != null) {
        int count = rows.length / WIDTH;
        int at = token.equals("cls_token") ? 0 : 1;
        double[][] placed =
            PlainNet.add(
                PlainNet.rows(rows, WIDTH, 0, count),
                PlainNet.rows(positions, WIDTH, at, at + count),
                null);
        x = PlainNet.join(placed, x);
      }
    }
    int[] sizes = new int[x.length];
    Arrays.fill(sizes, 1);
    for (int b = 0; b < DEPTH; b++) {
      String block = "blocks." + b + ".";
      double[][] y = net.norm(x, block + "norm1");
      float[] weight = net.weight(block + "attn.qkv.weight");
      float[] bias = net.weight(block + "attn.qkv.bias");
      double[][] q = net.linear(y, weight, bias, 0, WIDTH);
      double[][] k = net.linear(y, weight, bias, WIDTH, WIDTH);
      double[][] v = net.linear(y, weight, bias, 2 * WIDTH, WIDTH);
      double[][] seen = net.attend(net.probabilities(q, k, sizes), v);
      x = PlainNet.add(x, net.linear(seen, block + "attn.proj"), net.weight(block + "ls1.gamma"));
      int count = Math.min(merge, (x.length - prefix) / 2);
      double[][] similarity = PlainMerging.similarity(k, prefix, HEADS);
      PlainMerging merged = new PlainMerging(x, sizes).merged(similarity, prefix, count);
      sizes = merged.sizes();
      double[][] hidden = net.linear(net.norm(merged.tokens(), block + "norm2"), block + "mlp.fc1");
      double[][] out = net.linear(PlainNet.map(hidden, PlainNet::gelu), block + "mlp.fc2");
      x = PlainNet.add(merged.tokens(), out, net.weight(block + "ls2.gamma"));
    }
    return new PlainMerging(x, sizes);
  }

  @ParameterizedTest
  @CsvSource({
    "reference, 1, 3",
    "reference, 3, 5",
    "cpu, 1, 1",
    "cpu, 1, 5",
    "cpu, 3, 12",
    "plain, 1, 5"
  })
  void isWhatThePaperDefines(String backend, int prefix, int merge) {
    try (Given given = new Given(backend, 1, DType.F32, config(prefix))) {
      float[] pixels = pixels(2);
      Merged merged = given.forward(merge, pixels);
      double[] tokens = merged.tokens().toDoubles();
      int count = merged.tokens().dim(1);
      for (int i = 0; i < 2; i++) {
        PlainMerging plain = plain(given, pixels, i, merge);
        assertEquals(plain.tokens().length, count);
        for (int t = 0; t < count; t++) {
          int at = (i * count + t) * WIDTH;
          assertArrayEquals(
              plain.tokens()[t], Arrays.copyOfRange(tokens, at, at + WIDTH), ROUNDING);
          assertEquals(plain.sizes()[t], merged.sizes().toFloats()[i * count + t]);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "cpu"})
  void mergingNothingHasTheBitsOfTheNetwork(String backend) {
    try (Given given = new Given(backend, 2, DType.F32, CONFIG)) {
      float[] expected = given.network.forward(given.ops(), given.images(pixels(3))).toFloats();
      Merged merged = given.forward(0, pixels(3));
      assertArrayEquals(expected, merged.tokens().toFloats());
      Tensor images = given.images(pixels(3));
      assertArrayEquals(
          given.network.features(given.ops(), images, null).toFloats(),
          new TokenMerging(given.network, 0).features(given.ops(), images).toFloats(),
          1e-6f);
    }
  }

  /** The bits of an image do not depend on threads, nor on the images beside it. */
  @Test
  void threadsAndOtherImagesChangeNothing() {
    float[][] tokens = new float[2][];
    float[] alone;
    try (Given one = new Given("cpu", 1, DType.F32, CONFIG);
        Given two = new Given("cpu", 2, DType.F32, CONFIG)) {
      tokens[0] = one.forward(6, pixels(5)).tokens().toFloats();
      tokens[1] = two.forward(6, pixels(5)).tokens().toFloats();
      alone = two.forward(6, pixels(1)).tokens().toFloats();
    }
    assertArrayEquals(tokens[0], tokens[1]);
    assertArrayEquals(alone, Arrays.copyOf(tokens[0], alone.length));
  }

  /** 25 patches become 17, 9, 5 and 3. */
  @Test
  void blocksWithFewTokensMergeHalfOfThem() {
    try (Given given = new Given("reference", 1, DType.F32, config(2))) {
      int[] after = {17, 9, 5, 3};
      TokenMerging merging = new TokenMerging(given.network, 8);
      for (int last = 0; last < DEPTH; last++) {
        Merged merged = merging.forward(given.ops(), given.images(pixels(2)), last);
        assertEquals(2 + after[last], merged.tokens().dim(1));
        float[] sizes = merged.sizes().toFloats();
        float sum = 0;
        for (float size : sizes) {
          sum += size;
        }
        assertEquals(2 * (2 + PATCHES), sum);
        assertEquals(1, sizes[0]);
        assertEquals(1, sizes[1]);
      }
    }
  }

  /**
   * All patches equal, and no positions: merging changes no value, because attention counts a token
   * as the patches that it stands for, and so does the mean.
   */
  @ParameterizedTest
  @EnumSource(names = {"CLASS_TOKEN", "MEAN_PATCHES", "MEAN_TOKENS", "CLASS_AND_MEAN", "ATTENTION"})
  void equalPatchesAreMergedWithoutAnyLoss(Pooling pooling) {
    ViTConfig config =
        pooling == Pooling.ATTENTION
            ? config(0)
            : CONFIG.withOutput(OutputConfig.of(pooling).withNorm(FinalNorm.TOKENS));
    try (Given given = new Given("reference", 1, DType.F64, config)) {
      Tensor positions = given.parameters.get("pos_embed").value();
      given.choice.backend().fill(positions, 0);
      float[] pixels = new float[3 * SIZE * SIZE];
      Arrays.fill(pixels, 0.3f);
      Tensor images = given.images(pixels);
      double[] expected = given.network.features(given.ops(), images, null).toDoubles();
      TokenMerging merging = new TokenMerging(given.network, 7);
      assertArrayEquals(expected, merging.features(given.ops(), images).toDoubles(), 1e-6);
    }
  }

  @Test
  void meansWeightTokensBySize() {
    try (Given given = new Given("reference", 1, DType.F64, CONFIG)) {
      TokenMerging merging = new TokenMerging(given.network, 7);
      Ops ops = given.ops();
      Merged merged = merging.forward(ops, given.images(pixels(1)));
      double[] tokens = given.network.normalized(ops, merged.tokens()).toDoubles();
      double[] sizes = merged.sizes().toDoubles();
      double[] mean = new double[WIDTH];
      double[] all = new double[WIDTH];
      for (int i = 0; i < tokens.length; i++) {
        double size = sizes[i / WIDTH];
        mean[i % WIDTH] += i < WIDTH ? 0 : size * tokens[i] / PATCHES;
        all[i % WIDTH] += size * tokens[i] / (PATCHES + 1);
      }
      double[] both = Arrays.copyOf(tokens, 2 * WIDTH);
      System.arraycopy(mean, 0, both, WIDTH, WIDTH);
      assertArrayEquals(mean, merging.pooled(ops, merged, Pooling.MEAN_PATCHES).toDoubles(), 1e-12);
      assertArrayEquals(all, merging.pooled(ops, merged, Pooling.MEAN_TOKENS).toDoubles(), 1e-12);
      assertArrayEquals(both, merging.classAndMean(ops, merged).toDoubles(), 1e-12);
      assertTrue(Arrays.stream(sizes).max().orElseThrow() > 2);
    }
  }

  @Test
  void memoryOfBlocksIsFreed() {
    try (Given given = new Given("cpu", 1, DType.F32, CONFIG)) {
      int before = given.scope.size();
      try (Scope inner = given.scope.child("use")) {
        Tensor images = inner.ops().of(pixels(2), 2, 3, SIZE, SIZE);
        new TokenMerging(given.network, 4).features(inner.ops(), images);
        assertEquals(2, inner.size());
      }
      assertEquals(before, given.scope.size());
    }
  }

  @Test
  void whatDoesNotGoTogetherIsRefused() {
    try (Given given = new Given("reference", 1, DType.F32, CONFIG);
        Given rotary = new Given("reference", 1, DType.F32, CONFIG.asDinoV3(2))) {
      refused(ArgumentException.class, () -> new TokenMerging(given.network, -1), "-1");
      refused(ArgumentException.class, () -> new TokenMerging(given.network, 13), "13", "0 to 12");
      for (int merge : new int[] {0, 1}) {
        refused(ShapeException.class, () -> new TokenMerging(rotary.network, merge), "positions");
      }
      TokenMerging merging = new TokenMerging(given.network, 2);
      Merged merged = merging.forward(given.ops(), given.images(pixels(1)));
      for (Pooling pooling :
          List.of(Pooling.MAX_PATCHES, Pooling.MEAN_MAX, Pooling.QUERIES, Pooling.NONE)) {
        refused(ShapeException.class, () -> merging.require(pooling), pooling.title());
        refused(
            ShapeException.class,
            () -> merging.pooled(given.ops(), merged, pooling),
            pooling.title());
      }
      try (Tape tape = Tape.open(given.scope, "step")) {
        Tensor images = given.images(pixels(1));
        refused(ArgumentException.class, () -> merging.forward(tape, images), "inference");
      }
    }
  }

  private static void refused(
      Class<? extends RuntimeException> type, Runnable action, String... parts) {
    String message = assertThrows(type, action::run).getMessage();
    for (String part : parts) {
      assertTrue(message.contains(part), message);
    }
  }
}
