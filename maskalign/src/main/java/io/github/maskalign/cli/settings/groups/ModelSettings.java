package io.github.maskalign.cli.settings.groups;

import io.github.maskalign.cli.settings.Setting;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.ViTSize;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.weights.ModelCard;
import io.github.maskalign.vit.weights.NetworkFile;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The shape of the network.
 *
 * @since 0.1.0
 */
public record ModelSettings(
    @Setting(
            "tiny, small, base, large, huge, or WIDTHxDEPTHxHEADS such as 192x6x3; that of the"
                + " weights if none, base if there are no weights.")
        @Nullable String model,
    @Setting(
            "Side of the pictures that the network sees; that of the weights if none, 224 if there"
                + " are no weights.")
        @Nullable Integer imageSize,
    @Setting("Side of a patch; that of the weights if none, 16 if there are no weights.")
        @Nullable Integer patch,
    @Setting("Gray pictures, of one channel; as the weights if none, false without weights.")
        @Nullable Boolean gray,
    @Setting(
            "Statistics that pixels are normalized by; those of the weights if none, imagenet"
                + " without weights.")
        @Nullable Normalization normalize,
    @Setting(
            value =
                "Share of the shorter side that is seen in evaluation; if none, all of a picture of"
                    + " the network's size, else 7/8 up to 224 pixels.",
            decides = false)
        @Nullable Double evalCrop) {

  private static final String USUAL_MODEL = "base";
  private static final int USUAL_SIDE = 224;
  private static final int USUAL_PATCH = 16;
  private static final int COLORS = 3;
  private static final Pattern SHAPE = Pattern.compile("(\\d{1,5})x(\\d{1,3})x(\\d{1,3})");

  /**
   * A network, and how it sees pictures.
   *
   * @param config shape of the network
   * @param stats by which pixels are normalized
   * @param evalCrop share of the shorter side that is seen in evaluation; the usual if null
   */
  public record Shape(ViTConfig config, ChannelStats stats, @Nullable Double evalCrop) {

    /** Side of the pictures. */
    public int side() {
      return config.imageSize();
    }
  }

  /** Of a network that starts from random weights. */
  public Shape shape() {
    int channels = channels(COLORS);
    Normalization by = normalize == null ? Normalization.IMAGENET : normalize;
    return new Shape(fresh().withChannels(channels), by.stats(channels), evalCrop);
  }

  /** Of a network that starts from weights, which tell what the settings do not. */
  public Shape shape(@Nullable Path weights) {
    if (weights == null) {
      return shape();
    }
    try (NetworkFile file = NetworkFile.open(weights)) {
      ViTConfig own = file.config();
      int channels = channels(own.channels());
      ChannelStats stats =
          normalize == null ? ModelCard.of(file).stats() : normalize.stats(channels);
      int side = imageSize == null ? own.imageSize() : imageSize;
      ViTConfig config = model == null ? own.withImageSize(side) : fresh();
      if (patch != null && patch != config.patchSize()) {
        throw new IllegalArgumentException(
            "patch %d: the weights have patches of %d".formatted(patch, config.patchSize()));
      }
      return new Shape(config.withChannels(channels), stats, evalCrop);
    }
  }

  private int channels(int usual) {
    return gray == null ? usual : gray ? 1 : COLORS;
  }

  private ViTConfig fresh() {
    return named(
        model == null ? USUAL_MODEL : model,
        imageSize == null ? USUAL_SIDE : imageSize,
        patch == null ? USUAL_PATCH : patch);
  }

  private static ViTConfig named(String size, int side, int patch) {
    return ViTSize.find(size)
        .map(usual -> ViTConfig.of(usual, side, patch))
        .orElseGet(() -> shaped(size, side, patch));
  }

  private static ViTConfig shaped(String size, int side, int patch) {
    Matcher shape = SHAPE.matcher(size);
    if (!shape.matches()) {
      throw new IllegalArgumentException(
          "model: '%s' is not known; choose tiny, small, base, large, huge or WIDTHxDEPTHxHEADS"
              .formatted(size));
    }
    int width = Integer.parseInt(shape.group(1));
    int depth = Integer.parseInt(shape.group(2));
    return ViTConfig.of(side, patch, width, depth, Integer.parseInt(shape.group(3)));
  }
}
