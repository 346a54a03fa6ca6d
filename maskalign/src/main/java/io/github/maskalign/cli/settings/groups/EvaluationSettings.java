package io.github.maskalign.cli.settings.groups;

import io.github.maskalign.cli.settings.Setting;
import io.github.maskalign.data.CenterCrop;
import io.github.maskalign.data.Transform;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.image.preprocess.Preprocessing;
import org.jspecify.annotations.Nullable;

/**
 * How images pass through a network that is not trained.
 *
 * @since 0.1.0
 */
public record EvaluationSettings(
    @Setting(value = "Images per batch.", defaultValue = "100", range = "[1, *)") int batch,
    @Setting(
            value = "Fraction of the shorter side that the center crop keeps.",
            defaultText =
                "the whole image if it has the input size, else 0.875 up to 224 pixels and 1"
                    + " above",
            range = "(0, 1]")
        @Nullable Double evalCrop) {

  /**
   * The part of an image that the network sees.
   *
   * @param size of the input
   */
  public Transform view(ImageSize size, ChannelStats stats) {
    return Views.plain(size, evalCrop, stats);
  }

  /** The part of an image that a network of a file sees: what the file says, unless set here. */
  public Transform view(Preprocessing own) {
    return evalCrop == null || own.size().isEmpty()
        ? new CenterCrop(own)
        : view(own.size().get(), own.stats());
  }
}
