package io.github.maskalign.vit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.autograd.Tape;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Eager;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.random.Philox;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens that are computed alone have the bits that they have among all. */
class PendingBlockTest {

  private static final ViTConfig PLAIN =
      ViTConfig.tiny(48, 16).withBlocks(ViTConfig.tiny(48, 16).blocks().withSize(48, 3, 3));

  private static Stream<ViTConfig> networks() {
    return Stream.of(
        PLAIN,
        PLAIN.asDinoV2(4),
        PLAIN.asDinoV2(0).withActivation(Activation.SWIGLU),
        PLAIN.asDinoV3(4),
        PLAIN.withBlocks(PLAIN.blocks().withQueryKeyNorm(true)));
  }

  private interface Body {
    void run(Eager ops, ViT network, Tensor images);
  }

  private static void on(String backend, ViTConfig config, int batch, Body body) {
    try (Backends.Choice choice = Backends.open(backend, new BackendOptions(2, Long.MAX_VALUE));
        Scope scope = Scope.root(choice.backend(), "test")) {
      ViT network = ViT.create(Parameters.initialized(scope, DType.F32, 1).root(), config);
      int side = config.imageSize().height();
      Eager ops = scope.eager();
      Tensor images = ops.affine(ops.uniform(Philox.of(2), batch, 3, side, side), 4, -2);
      body.run(ops, network, images);
    }
  }

  private static void assertSame(Tensor expected, Tensor found) {
    assertEquals(expected.shape(), found.shape());
    assertArrayEquals(expected.toFloats(), found.toFloats());
  }

  @ParameterizedTest
  @MethodSource("networks")
  void someTokensHaveTheirBits(ViTConfig config) {
    for (String backend : new String[] {"reference", "plain", "cpu"}) {
      on(
          backend,
          config,
          2,
          (ops, network, images) -> {
            ForwardRequest request =
                ForwardRequest.plain().withLastLevels(2).withImportance(Importance.CLASS_ATTENTION);
            ForwardResult whole = network.forward(ops, images, request);
            PendingResult some = network.forwardPending(ops, images, 1, Importance.CLASS_ATTENTION);
            assertEquals(1, some.levels().size());
            assertSame(whole.levels().getFirst(), some.levels().getFirst());
            assertSame(whole.importance(), some.importance());
            Tensor ids = ops.of(new int[] {0, 8, 3, 5, 1, 0, 2, 7}, 2, 4);
            assertSame(ops.gatherTokens(whole.tokens(), ids), some.last().at(ops, ids));
            assertSame(whole.tokens(), some.last().all(ops));
            assertSame(ops.slice(whole.tokens(), 1, 0, 2), some.last().leading(ops, 2));
          });
    }
  }

  /** Of the size where products are blocked, and the class token is a product of few rows. */
  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void realSizes(int batch) {
    ViTConfig config = ViTConfig.small(224, 16);
    on(
        "cpu",
        config.withBlocks(config.blocks().withSize(384, 2, 6)),
        batch,
        (ops, network, images) -> {
          Tensor whole = network.forward(ops, images);
          assertSame(ops.slice(whole, 1, 0, 1), network.tokens(ops, images, 1, 1));
          int[] visible = new int[batch * 60];
          Arrays.setAll(visible, i -> i % 60 * 3 + i / 60);
          Tensor ids = ops.of(visible, batch, 60);
          Tensor some = network.forwardPending(ops, images, 0, null).last().at(ops, ids);
          assertSame(ops.gatherTokens(whole, ids), some);
        });
  }

  @Test
  void everyBlock() {
    on(
        "cpu",
        PLAIN,
        2,
        (ops, network, images) -> {
          ForwardRequest request = ForwardRequest.plain().withAllLevels();
          ForwardResult whole = network.forward(ops, images, request);
          for (int block = 0; block < PLAIN.depth(); block++) {
            Tensor level = whole.levels().get(block);
            assertSame(level, network.tokens(ops, images, block));
            assertSame(ops.slice(level, 1, 0, 1), network.tokens(ops, images, block, 1));
            assertSame(level, network.tokens(ops, images, block, level.dim(1)));
          }
        });
  }

  @Test
  void keepsOnlyTheResult() {
    on(
        "reference",
        PLAIN,
        2,
        (ops, network, images) -> {
          int before = ops.scope().size();
          network.tokens(ops, images, 2, 1);
          network.tokens(ops, images, 1);
          network.features(ops, images, null);
          assertEquals(before + 3, ops.scope().size());
        });
  }

  @Test
  void onATapeAllTokensAreComputed() {
    on(
        "reference",
        PLAIN,
        1,
        (ops, network, images) -> {
          try (Tape tape = Tape.open(ops.scope(), "step")) {
            Tensor first = network.tokens(tape, images, 2, 1);
            assertSame(network.tokens(ops, images, 2, 1), first);
            assertTrue(tape.scope().size() > 1);
          }
        });
  }

  @Test
  void whatCannotBeAskedFor() {
    on(
        "reference",
        PLAIN,
        1,
        (ops, network, images) -> {
          assertThrows(ShapeException.class, () -> network.tokens(ops, images, 3));
          assertThrows(ShapeException.class, () -> network.tokens(ops, images, -1, 1));
          assertThrows(ShapeException.class, () -> network.tokens(ops, images, 2, 11));
          assertThrows(ShapeException.class, () -> network.forwardPending(ops, images, -1, null));
        });
    on(
        "reference",
        PLAIN.asSiglip(),
        1,
        (ops, network, images) -> {
          ShapeException e =
              assertThrows(
                  ShapeException.class,
                  () -> network.forwardPending(ops, images, 1, Importance.PROBE_ATTENTION));
          assertTrue(e.getMessage().contains("attention pool"), e.getMessage());
        });
  }
}
