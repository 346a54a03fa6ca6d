package io.github.maskalign.vit.embed;

import io.github.maskalign.vit.image.BicubicResize;
import io.github.maskalign.vit.image.CenterView;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.Normalize;
import io.github.maskalign.vit.image.Picture;
import io.github.maskalign.vit.weights.ModelCard;
import io.github.maskalign.vit.weights.NetworkFile;
import java.util.OptionalInt;

/**
 * picture -> [C, size, size]: resized (bicubic), the middle cut out, normalized, as the network was
 * evaluated.
 *
 * @param size side of what the network sees
 * @param shortSide length of the shorter side after resizing; with 0, both sides are resized to
 *     {@code size}, whatever the picture's proportions
 * @param wholeIfExact whether a picture of exactly {@code size} is taken as it is, as the programs
 *     of this library evaluate it
 * @param stats by which pixels are normalized
 * @since 0.1.0
 */
public record Preprocessing(int size, int shortSide, boolean wholeIfExact, ChannelStats stats) {

  /**
   * As the files in and beside a network's weights tell; else 7/8 of the shorter side, or all of a
   * picture that has the network's size.
   *
   * @throws io.github.maskalign.tensor.error.FormatException if one of them is damaged
   */
  public static Preprocessing of(NetworkFile network) {
    ModelCard card = ModelCard.of(network);
    int size = network.config().imageSize();
    int usual = CenterView.of(size).shortSide();
    OptionalInt told = card.shortSide();
    return new Preprocessing(size, told.orElse(usual), told.isEmpty(), card.stats());
  }

  /** The same part of a picture for a network that sees it at another size. */
  public Preprocessing withSize(int newSize) {
    int side = (int) Math.round((double) shortSide * newSize / size);
    return new Preprocessing(newSize, side, wholeIfExact, stats);
  }

  /** The network's input for a picture. */
  public float[] apply(Picture picture) {
    return normalized(view(picture));
  }

  /** What the network sees of a picture: resized and cropped to its side, in its channels. */
  public Picture view(Picture picture) {
    Picture colored = stats.channels() == 1 ? picture.gray() : picture.rgb();
    if (wholeIfExact && picture.height() == size && picture.width() == size) {
      return colored;
    }
    return shortSide == 0
        ? new BicubicResize(size, size).apply(colored)
        : new CenterView(size, shortSide).apply(colored);
  }

  /** The network's input for what it sees. */
  public float[] normalized(Picture view) {
    float[] values = new float[stats.channels() * size * size];
    new Normalize(stats).write(view, false, values, 0);
    return values;
  }
}
