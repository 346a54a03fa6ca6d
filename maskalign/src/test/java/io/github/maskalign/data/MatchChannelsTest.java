package io.github.maskalign.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.github.maskalign.tensor.random.Philox;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.image.preprocess.Preprocessing;
import org.junit.jupiter.api.Test;

class MatchChannelsTest {

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
  void grayAndColorBecomeWhatIsWanted() {
    Transform color =
        new MatchChannels(
            new CenterCrop(
                Preprocessing.centerCrop(ImageSize.square(8), 10, true, ChannelStats.imageNet())));
    assertArrayEquals(apply(color, picture(1).rgb()), apply(color, picture(1)));
    ChannelStats one = new ChannelStats(new double[] {0.5}, new double[] {0.2});
    Transform gray =
        new MatchChannels(
            new CenterCrop(Preprocessing.centerCrop(ImageSize.square(8), 10, true, one)));
    assertArrayEquals(apply(gray, picture(3).gray()), apply(gray, picture(3)));
  }
}
