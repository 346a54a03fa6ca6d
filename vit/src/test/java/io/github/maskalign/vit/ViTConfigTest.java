package io.github.maskalign.vit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.github.maskalign.autograd.nn.Parameter;
import io.github.maskalign.autograd.nn.Parameters;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.DType;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.vit.image.ImageSize;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ViTConfigTest {

  private static void onParameters(Consumer<Parameters> body) {
    try (Backends.Choice choice = Backends.open("reference", BackendOptions.defaults());
        Scope scope = Scope.root(choice.backend(), "test")) {
      body.accept(Parameters.uninitialized(scope, DType.F32));
    }
  }

  @Test
  void fineTunedBaseHasTheKnownSize() {
    ViTConfig config = ViTConfig.base(224, 16).withPositions(PositionEmbedding.LEARNED);
    for (Pooling pooling : List.of(Pooling.CLASS_TOKEN, Pooling.MEAN_PATCHES)) {
      onParameters(
          parameters -> {
            ViTClassifier.create(parameters.root(), config, pooling, 1000);
            assertEquals(86_567_656, parameters.trainableSize());
          });
    }
  }

  @Test
  void tinyHasTheKnownSize() {
    ViTConfig config = ViTConfig.tiny(224, 16).withPositions(PositionEmbedding.LEARNED);
    onParameters(
        parameters -> {
          ViTClassifier.create(parameters.root(), config, Pooling.CLASS_TOKEN, 1000);
          assertEquals(5_717_416, parameters.trainableSize());
        });
  }

  @Test
  void moreTokensThanAnArrayHoldsAreRefused() {
    onParameters(
        parameters ->
            assertEquals(
                "ViT: images of 16384 pixels with patches of 1 have 268,435,457 tokens, too many at"
                    + " width 16; choose a smaller image size or larger patches",
                assertThrows(
                        ShapeException.class,
                        () -> ViT.create(parameters.root(), ViTConfig.of(16384, 1, 16, 1, 1)))
                    .getMessage()));
  }

  @Test
  void clipTowerHasTheKnownSize() {
    onParameters(
        parameters -> {
          ViT.create(parameters.root(), ViTConfig.clipB16());
          assertEquals(85_799_424, parameters.trainableSize());
        });
  }

  /** Parameter counts in millions, as stated by the authors and timm. */
  @Test
  void publishedNetworksHaveTheKnownSizes() {
    Map<ViTConfig, String> sizes =
        Map.of(
            ViTConfig.small(518, 14).asDinoV2(0), "22.1",
            ViTConfig.base(518, 14).asDinoV2(0), "86.6",
            ViTConfig.base(518, 14).asDinoV2(4), "86.6",
            ViTConfig.base(224, 16).asSiglip(), "92.9",
            ViTConfig.small(256, 16).asDinoV3(4), "21.6",
            ViTConfig.base(256, 16).asDinoV3(4), "85.7");
    sizes.forEach(
        (config, millions) ->
            onParameters(
                parameters -> {
                  ViT.create(parameters.root(), config);
                  String size =
                      String.format(Locale.ROOT, "%.1f", parameters.trainableSize() / 1e6);
                  assertEquals(millions, size, config.toString());
                }));
  }

  @Test
  void namesFollowTimmInItsOrder() {
    onParameters(
        parameters -> {
          ViTConfig config = ViTConfig.of(8, 4, 8, 1, 2).withPrefixTokens(3);
          ViTClassifier.create(parameters.root(), config, Pooling.MEAN_PATCHES, 5);
          List<String> names = parameters.all().stream().map(Parameter::name).toList();
          assertEquals(
              List.of(
                  "cls_token",
                  "reg_token",
                  "pos_embed",
                  "patch_embed.proj.weight",
                  "patch_embed.proj.bias",
                  "blocks.0.norm1.weight",
                  "blocks.0.norm1.bias",
                  "blocks.0.attn.qkv.weight",
                  "blocks.0.attn.qkv.bias",
                  "blocks.0.attn.proj.weight",
                  "blocks.0.attn.proj.bias",
                  "blocks.0.norm2.weight",
                  "blocks.0.norm2.bias",
                  "blocks.0.mlp.fc1.weight",
                  "blocks.0.mlp.fc1.bias",
                  "blocks.0.mlp.fc2.weight",
                  "blocks.0.mlp.fc2.bias",
                  "head.weight",
                  "head.bias",
                  "fc_norm.weight",
                  "fc_norm.bias"),
              names);
        });
  }

  @Test
  void saysWhatDoesNotFit() {
    assertEquals(
        "ViT: image size 30 is not a multiple of the patch size 4",
        assertThrows(ShapeException.class, () -> ViTConfig.tiny(30, 4)).getMessage());
    assertEquals(
        "ViT: image size 3 x 8 is smaller than the patch size 4",
        assertThrows(
                ShapeException.class, () -> ViTConfig.tiny(8, 4).withImageSize(new ImageSize(3, 8)))
            .getMessage());
    assertEquals(
        "ViT: width 10 is not a multiple of the number of heads 3",
        assertThrows(ShapeException.class, () -> ViTConfig.of(8, 4, 10, 1, 3)).getMessage());
    assertEquals(
        "ViT: sine-cosine positions require a width that is a multiple of 4, got 10",
        assertThrows(ShapeException.class, () -> ViTConfig.of(8, 4, 10, 1, 2)).getMessage());
    assertThrows(ShapeException.class, () -> ViTConfig.of(8, 4, 8, 0, 2));
    assertThrows(ShapeException.class, () -> ViTConfig.tiny(8, 4).withPrefixTokens(-1));
    assertThrows(ShapeException.class, () -> ViTConfig.tiny(8, 4).withNormEps(0));
  }

  @Test
  void classPoolingNeedsAClassToken() {
    onParameters(
        parameters -> {
          ViTConfig config = ViTConfig.of(8, 4, 8, 1, 2).withPrefixTokens(0);
          assertThrows(
              ShapeException.class,
              () -> ViTClassifier.create(parameters.root(), config, Pooling.CLASS_TOKEN, 5));
        });
  }
}
