package io.github.maskalign.vit.image;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.github.maskalign.tensor.Backend;
import io.github.maskalign.tensor.BackendOptions;
import io.github.maskalign.tensor.Backends;
import io.github.maskalign.tensor.Ops;
import io.github.maskalign.tensor.Scope;
import io.github.maskalign.tensor.Shape;
import io.github.maskalign.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LumaTest {

  private static final ChannelStats GRAY = ChannelStats.half(1);

  private Backends.Choice choice = Backends.open("reference", BackendOptions.defaults());

  @AfterEach
  void close() {
    choice.close();
  }

  /** Every value of each channel, in 2^16 colors. */
  private static Picture colors() {
    byte[] pixels = new byte[3 << 16];
    for (int i = 0; i < 1 << 16; i++) {
      pixels[i] = (byte) i;
      pixels[(1 << 16) + i] = (byte) (i >> 8);
      pixels[(2 << 16) + i] = (byte) (i * 31 >> 3);
    }
    return Picture.of(pixels, 3, 256, 256);
  }

  private static float[] normalized(Picture picture, ChannelStats stats) {
    float[] values = new float[picture.channels() * picture.area()];
    new Normalize(stats).write(picture, false, values, 0);
    return values;
  }

  @ParameterizedTest
  @ValueSource(strings = {"reference", "plain", "cpu"})
  void aTensorHasTheGrayOfThePicture(String name) {
    choice.close();
    choice = Backends.open(name, BackendOptions.defaults());
    Backend backend = choice.backend();
    Picture colors = colors();
    for (ChannelStats stats :
        new ChannelStats[] {ChannelStats.imageNet(), ChannelStats.clip(), ChannelStats.half(3)}) {
      try (Scope scope = Scope.root(backend, "luma")) {
        Ops ops = scope.ops();
        Tensor images = ops.of(normalized(colors, stats), 1, 3, 256, 256);
        Tensor gray = Luma.ofNormalized(ops, images, stats, GRAY);
        assertEquals(Shape.of(1, 1, 256, 256), gray.shape());
        assertArrayEquals(normalized(colors.gray(), GRAY), gray.toFloats(), 1e-6f);
      }
    }
  }
}
