package io.github.maskalign.vit;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
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
import io.github.maskalign.tensor.error.FormatException;
import io.github.maskalign.tensor.error.ShapeException;
import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.image.ImageSize;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Networks for images that are not square. */
class RectangleTest {

  private static final ImageSize LOW = new ImageSize(8, 20);
  private static final ViTConfig CONFIG = ViTConfig.of(4, 4, 16, 2, 2).withImageSize(LOW);

  @Test
  void tokensAreRowMajor() {
    assertEquals(new Grid(2, 5), CONFIG.grid());
    assertEquals(10, CONFIG.patches());
    float[] table = PositionTable.sincos(4, new Grid(2, 3), 0);
    float[] place = Arrays.copyOfRange(table, 5 * 4, 6 * 4);
    float[] expected = {
      (float) Math.sin(2), (float) Math.cos(2), (float) Math.sin(1), (float) Math.cos(1)
    };
    assertArrayEquals(expected, place, 1e-6f);
  }

  @Test
  void everyKindOfPositionsWorksOnThem() {
    for (PositionEmbedding kind : PositionEmbedding.values()) {
      ViTConfig config = CONFIG.withPositions(kind);
      try (Backends.Choice choice = Backends.open("reference", BackendOptions.defaults());
          Scope scope = Scope.root(choice.backend(), "rectangle")) {
        Ops ops = scope.ops();
        ViT network = ViT.create(Parameters.initialized(scope, DType.F32, 1).root(), config);
        Tensor images = ops.uniform(Philox.of(3), 2, 3, 8, 20);
        assertEquals(Shape.of(2, 11, 16), network.forward(ops, images).shape(), kind.name());
        Tensor turned = ops.uniform(Philox.of(3), 2, 3, 20, 8);
        assertThrows(ShapeException.class, () -> network.forward(ops, turned), kind.name());
      }
    }
  }

  @Test
  void rotaryCoordinatesAreOfEachAxisAlone() {
    ViTConfig config = CONFIG.withPositions(PositionEmbedding.ROTARY);
    RotaryTable table = RotaryTable.of(config);
    int last = config.prefixTokens() + config.patches() - 1;
    // Head length 8: the first pair turns by 2 pi y, the third by 2 pi x.
    assertEquals(Math.cos(2 * Math.PI * 0.5), table.cos()[last * 8], 1e-6);
    assertEquals(Math.cos(2 * Math.PI * 0.8), table.cos()[last * 8 + 2], 1e-6);
  }

  @Test
  void configurationsKeepBothSides() {
    String line = ConfigMetadata.write(CONFIG);
    assertTrue(line.contains("\"imageSize\":[8,20]"), line);
    assertEquals(CONFIG, ConfigMetadata.read(line));
    ViTConfig square = CONFIG.withImageSize(8);
    assertTrue(ConfigMetadata.write(square).contains("\"imageSize\":8"), "as earlier versions");
    assertEquals(square, ConfigMetadata.read(ConfigMetadata.write(square)));
    String bad = line.replace("[8,20]", "[8,20,4]");
    assertThrows(FormatException.class, () -> ConfigMetadata.read(bad));
    assertThrows(ShapeException.class, () -> CONFIG.withImageSize(new ImageSize(8, 3)));
  }
}
