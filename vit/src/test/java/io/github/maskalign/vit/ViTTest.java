package io.github.maskalign.vit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.random.Philox;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ViTTest {

  private static final Importance CLASS = Importance.CLASS_ATTENTION;

  private static final ViTConfig CONFIG = ViTConfig.of(12, 4, 16, 3, 2);
  private static final double ROUNDING = 1e-12;

  private final Backends.Choice choice = Backends.open("reference", BackendOptions.defaults());
  private final Scope scope = Scope.root(choice.backend(), "test");
  private final Ops ops = scope.ops();

  @AfterEach
  void close() {
    scope.close();
    choice.close();
  }

  private ViT vit(ViTConfig config) {
    return ViT.create(Parameters.initialized(scope, DType.F64, 1).root(), config);
  }

  private double[] pixels(int batch, ViTConfig config) {
    float[] values =
        new float
            [batch * config.channels() * config.imageSize().height() * config.imageSize().height()];
    Philox.of(7).fillNormal(values, 0);
    double[] wide = new double[values.length];
    Arrays.setAll(wide, i -> values[i]);
    return wide;
  }

  private Tensor images(double[] pixels, ViTConfig config) {
    int size = config.imageSize().height();
    int values = config.channels() * size * size;
    return ops.of(pixels, pixels.length / values, config.channels(), size, size);
  }

  private Tensor images(int batch, ViTConfig config) {
    return images(pixels(batch, config), config);
  }

  @Test
  void returnsWhatIsAskedFor() {
    ViT vit = vit(CONFIG);
    ForwardRequest request =
        ForwardRequest.plain()
            .withLastLevels(2)
            .withEmbedding()
            .withImportance(CLASS)
            .withAttentions(Set.of(0, 2));
    ForwardResult features = vit.forward(ops, images(2, CONFIG), request);
    assertEquals(Shape.of(2, 10, 16), features.tokens().shape());
    assertEquals(2, features.levels().size());
    assertSame(features.tokens(), features.levels().getLast());
    assertEquals(Shape.of(2, 10, 16), features.embedding().shape());
    assertEquals(Shape.of(2, 9), features.importance().shape());
    assertEquals(Set.of(0, 2), features.attentions().keySet());
    assertEquals(Shape.of(2, 2, 10, 10), features.attentions().get(0).shape());
  }

  @Test
  void keepsNothingThatIsNotAskedFor() {
    ViT vit = vit(CONFIG);
    Tensor images = images(2, CONFIG);
    int before = scope.size();
    ForwardResult features = vit.forward(ops, images, ForwardRequest.plain());
    assertEquals(before + 1, scope.size());
    assertTrue(features.levels().isEmpty());
    assertNull(features.embedding());
    assertNull(features.importance());
    vit.forward(
        ops, images, ForwardRequest.plain().withAllLevels().withEmbedding().withImportance(CLASS));
    assertEquals(before + 1 + 5, scope.size());
  }

  @Test
  void importanceIsTheMeanAttentionOfTheClassToken() {
    ViTConfig config = CONFIG.withPrefixTokens(3);
    ForwardRequest request = ForwardRequest.plain().withImportance(CLASS).withAttentions(Set.of(2));
    ForwardResult features = vit(config).forward(ops, images(2, config), request);
    Tensor map = features.attentions().get(2);
    Tensor fromClass = ops.mean(ops.slice(map, 2, 0, 1), false, 1, 2);
    double[] expected = ops.slice(fromClass, 1, 3, 12).toDoubles();
    assertArrayEquals(expected, features.importance().toDoubles(), ROUNDING);
  }

  @Test
  void keptPatchesAreTokensOfTheWholeEmbedding() {
    ViT vit = vit(CONFIG);
    Tensor images = images(2, CONFIG);
    Tensor ids = ops.of(new int[] {8, 0, 3, 1, 2, 7}, 2, 3);
    ForwardRequest request = ForwardRequest.plain().withEmbedding();
    Tensor all = vit.forward(ops, images, request).embedding();
    Tensor kept = vit.forward(ops, images, request.withKeep(ids)).embedding();
    // Gathering after the projection and the positions, with the class token as row 0.
    Tensor rows = ops.of(new int[] {0, 9, 1, 4, 0, 2, 3, 8}, 2, 4);
    assertArrayEquals(ops.gatherTokens(all, rows).toDoubles(), kept.toDoubles(), ROUNDING);
  }

  @Test
  void keepingAllPatchesInOrderChangesNothing() {
    ViT vit = vit(CONFIG);
    Tensor images = images(1, CONFIG);
    Tensor ids = ops.of(new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8}, 1, 9);
    Tensor kept = vit.forward(ops, images, ForwardRequest.plain().withKeep(ids)).tokens();
    assertArrayEquals(vit.forward(ops, images).toDoubles(), kept.toDoubles(), ROUNDING);
  }

  @Test
  void orderOfKeptPatchesIsTheOrderOfTokensAndNothingElse() {
    ViT vit = vit(CONFIG);
    Tensor images = images(1, CONFIG);
    Tensor forth =
        vit.forward(ops, images, ForwardRequest.plain().withKeep(ops.of(new int[] {5, 2, 6}, 1, 3)))
            .tokens();
    Tensor back =
        vit.forward(ops, images, ForwardRequest.plain().withKeep(ops.of(new int[] {6, 2, 5}, 1, 3)))
            .tokens();
    Tensor turned = ops.gatherTokens(back, ops.of(new int[] {0, 3, 2, 1}, 1, 4));
    assertArrayEquals(forth.toDoubles(), turned.toDoubles(), ROUNDING);
  }

  @Test
  void hiddenPatchesDoNotChangeTheOutput() {
    ViT vit = vit(CONFIG);
    Tensor ids = ops.of(new int[] {0, 4}, 1, 2);
    ForwardRequest request = ForwardRequest.plain().withKeep(ids);
    double[] pixels = pixels(1, CONFIG);
    double[] before = vit.forward(ops, images(pixels, CONFIG), request).tokens().toDoubles();
    pixels[5] += 1; // row 0, column 5: patch 1, hidden
    double[] hidden = vit.forward(ops, images(pixels, CONFIG), request).tokens().toDoubles();
    assertArrayEquals(before, hidden);
    pixels[3] += 1; // row 0, column 3: patch 0, visible
    double[] visible = vit.forward(ops, images(pixels, CONFIG), request).tokens().toDoubles();
    assertFalse(Arrays.equals(before, visible));
  }

  @Test
  void stochasticDepthDropsBranchesOfASample() {
    ViTConfig config = CONFIG.withDepth(2);
    ViT vit = vit(config);
    List<String> asked = new ArrayList<>();
    StochasticDepth depth =
        StochasticDepth.linear(
            0.5,
            2,
            (block, branch, batch) -> {
              asked.add(block + "." + branch + " of " + batch);
              return new float[] {0.4f, 0.5f};
            });
    ForwardRequest request = ForwardRequest.plain().withAllLevels().withStochasticDepth(depth);
    List<Tensor> levels = vit.forward(ops, images(2, config), request).levels();
    assertEquals(List.of("1.0 of 2", "1.1 of 2"), asked);
    Tensor change = ops.sub(levels.get(1), levels.get(0));
    assertEquals(0, ops.max(ops.slice(change, 0, 0, 1).square(), false).item());
    assertTrue(ops.max(ops.slice(change, 0, 1, 2).square(), false).item() > 0);
  }

  @Test
  void drawsOfStochasticDepthDependOnTheirPlace() {
    StochasticDepth depth = StochasticDepth.linear(0.5, 2, Philox.of(3));
    float[] first = depth.noise().uniform(1, 0, 4);
    assertArrayEquals(first, depth.noise().uniform(1, 0, 4));
    assertFalse(Arrays.equals(first, depth.noise().uniform(1, 1, 4)));
    assertFalse(Arrays.equals(first, depth.noise().uniform(0, 0, 4)));
  }

  @Test
  void worksWithoutPrefixAndWithOtherChannels() {
    ViTConfig config = CONFIG.withPrefixTokens(0).withChannels(1);
    assertEquals(Shape.of(2, 9, 16), vit(config).forward(ops, images(2, config)).shape());
  }

  @Test
  void finalNormGivesTokensOfMeanZero() {
    ViT vit = vit(CONFIG);
    Tensor tokens = vit.normalized(ops, vit.forward(ops, images(2, CONFIG)));
    for (double mean : ops.mean(tokens, false, 2).toDoubles()) {
      assertEquals(0, mean, ROUNDING);
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    ViT vit = vit(CONFIG);
    Tensor images = images(1, CONFIG);
    ForwardRequest plain = ForwardRequest.plain();
    Tensor small = images(1, CONFIG.withImageSize(8));
    ShapeException size = assertThrows(ShapeException.class, () -> vit.forward(ops, small, plain));
    assertEquals("ViT: needs images [B, 3, 12, 12], got [1, 3, 8, 8]", size.getMessage());
    Importance probe = Importance.PROBE_ATTENTION;
    assertThrows(ShapeException.class, () -> vit.forward(ops, images, plain.withImportance(probe)));
    assertThrows(
        ShapeException.class, () -> vit.forward(ops, images, plain.withAttentions(Set.of(-2))));
    StochasticDepth shallow = StochasticDepth.linear(0.1, 2, Philox.of(1));
    assertThrows(
        ShapeException.class, () -> vit.forward(ops, images, plain.withStochasticDepth(shallow)));
    ViTConfig bare = CONFIG.withPrefixTokens(0);
    assertThrows(
        ShapeException.class,
        () -> vit(bare).forward(ops, images(1, bare), plain.withImportance(CLASS)));
  }
}
