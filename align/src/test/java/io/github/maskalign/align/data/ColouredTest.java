package io.github.maskalign.align.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.image.CentreView;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.Picture;
import org.junit.jupiter.api.Test;

class ColouredTest {

  private static final Philox DRAWS = Philox.of(3).stream("test");

  private static Picture picture(int channels) {
    byte[] pixels = new byte[channels * 40 * 30];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) DRAWS.bits(i);
    }
    return Picture.of(pixels, channels, 40, 30);
  }

  private static float[] apply(Transform transform, Picture picture) {
    float[] out = new float[transform.channels() * transform.height() * transform.width()];
    transform.apply(picture, DRAWS, out, 0);
    return out;
  }

  @Test
  void greyAndColourBecomeWhatIsWanted() {
    CentreView view = new CentreView(8, 10);
    Transform colour = new Coloured(new CentreCrop(view, true, ChannelStats.imageNet()));
    assertArrayEquals(apply(colour, picture(1).rgb()), apply(colour, picture(1)));
    ChannelStats one = new ChannelStats(new double[] {0.5}, new double[] {0.2});
    Transform grey = new Coloured(new CentreCrop(view, true, one));
    assertArrayEquals(apply(grey, picture(3).grey()), apply(grey, picture(3)));
  }
}
