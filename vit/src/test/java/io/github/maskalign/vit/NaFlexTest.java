package io.github.maskalign.vit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.autograd.Gradients;
import io.github.maskalign.autograd.Tape;
import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.random.Philox;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NaFlexTest {

  private static final int PATCH = 2;
  private static final int VALUES = 3 * PATCH * PATCH;
  private static final ViTConfig CONFIG = ViTConfig.of(6, PATCH, 8, 2, 2).asSiglip();

  private final Backend backend = Backends.open("reference", BackendOptions.defaults()).backend();
  private final Scope scope = Scope.root(backend, "test");
  private final Parameters parameters = Parameters.initialized(scope, DType.F64, 1);

  @AfterEach
  void close() {
    scope.close();
    backend.close();
  }

  private static double[] normal(int count, int seed) {
    double[] values = new double[count];
    Philox random = Philox.of(seed);
    Arrays.setAll(values, random::normal);
    return values;
  }

  private static ViTConfig pooling(Pooling kind) {
    return kind == Pooling.ATTENTION
        ? CONFIG
        : CONFIG.withOutput(OutputConfig.of(kind).withNorm(FinalNorm.TOKENS));
  }

  /** The patches of images [B, 3, H, W], the channel innermost. */
  private Tensor patches(Tensor images) {
    Ops ops = scope.ops();
    Tensor flat = PatchEmbed.patchify(ops, images, PATCH);
    int batch = flat.dim(0);
    Tensor split = ops.reshape(flat, batch, flat.dim(1), 3, PATCH, PATCH);
    return ops.reshape(ops.permute(split, 0, 1, 3, 4, 2), batch, flat.dim(1), VALUES);
  }

  @ParameterizedTest
  @EnumSource(names = {"ATTENTION", "MEAN_PATCHES"})
  void imagesOfTheTrainedSizeGiveWhatTheNetworkGives(Pooling kind) {
    ViT network = ViT.create(parameters.root(), pooling(kind));
    Ops ops = scope.ops();
    Tensor images = ops.of(normal(2 * 3 * 36, 3), 2, 3, 6, 6);
    NaFlex.Batch batch = new NaFlex.Batch(patches(images), List.of(Grid.square(3), Grid.square(3)));
    NaFlex flexible = new NaFlex(network);
    Tensor tokens = network.forward(ops, images);
    assertArrayEquals(tokens.toDoubles(), flexible.tokens(ops, batch).toDoubles(), 1e-12);
    assertArrayEquals(
        network.pooled(ops, tokens).toDoubles(),
        flexible.pooled(ops, tokens, batch).toDoubles(),
        1e-12);
    assertEquals(CONFIG.depth() + 1, flexible.hiddenStates(ops, batch).size());
  }

  @ParameterizedTest
  @EnumSource(names = {"ATTENTION", "MEAN_PATCHES", "MEAN_TOKENS"})
  void paddingChangesNothing(Pooling kind) {
    NaFlex flexible = new NaFlex(ViT.create(parameters.root(), pooling(kind)));
    Grid grid = new Grid(2, 3);
    double[] image = normal(6 * VALUES, 4);
    double[] padded = normal(2 * 8 * VALUES, 5);
    System.arraycopy(image, 0, padded, 8 * VALUES, image.length);
    double[] alone = pooled(flexible, image, 6, List.of(grid));
    double[] both = pooled(flexible, padded, 8, List.of(new Grid(4, 2), grid));
    assertArrayEquals(alone, Arrays.copyOfRange(both, 8, 16), 1e-12);
    assertTrue(Math.abs(alone[0] - both[0]) > 1e-6);
  }

  private double[] pooled(NaFlex flexible, double[] values, int length, List<Grid> grids) {
    Ops ops = scope.ops();
    Tensor patches = ops.of(values, grids.size(), length, VALUES);
    NaFlex.Batch batch = new NaFlex.Batch(patches, grids);
    return flexible.pooled(ops, flexible.tokens(ops, batch), batch).toDoubles();
  }

  @Test
  void everyParameterHasAGradient() {
    NaFlex flexible = new NaFlex(ViT.create(parameters.root(), CONFIG));
    Tensor patches = scope.ops().of(normal(6 * VALUES, 6), 1, 6, VALUES);
    NaFlex.Batch batch = new NaFlex.Batch(patches, List.of(new Grid(1, 5)));
    try (Tape tape = Tape.open(scope, "step")) {
      tape.watchAll(parameters.trainableValues());
      Tensor pooled = flexible.pooled(tape, flexible.tokens(tape, batch), batch);
      Gradients gradients = tape.backward(tape.sum(tape.mul(pooled, pooled), false));
      for (Parameter parameter : parameters.trainable()) {
        assertNotNull(gradients.of(parameter.value()), parameter.name());
      }
    }
  }

  @Test
  void whatDoesNotFitIsRefused() {
    ViT withClassToken = ViT.create(parameters.root().at("class"), ViTConfig.of(6, 2, 8, 1, 2));
    assertThrows(ShapeException.class, () -> new NaFlex(withClassToken));
    Tensor patches = scope.ops().of(normal(4 * VALUES, 7), 1, 4, VALUES);
    List<Grid> large = List.of(new Grid(2, 3));
    assertThrows(ShapeException.class, () -> new NaFlex.Batch(patches, large));
    assertThrows(ShapeException.class, () -> new NaFlex.Batch(patches, List.of()));
    ViT network = ViT.create(parameters.root().at("flat"), CONFIG);
    Tensor narrow = scope.ops().of(normal(4, 8), 1, 4, 1);
    NaFlex.Batch batch = new NaFlex.Batch(narrow, List.of(Grid.square(2)));
    assertThrows(ShapeException.class, () -> new NaFlex(network).tokens(scope.ops(), batch));
  }
}
