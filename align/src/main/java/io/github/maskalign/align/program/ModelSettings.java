package io.github.maskalign.align.program;

import io.github.maskalign.align.settings.Setting;
import io.github.maskalign.vit.ViTConfig;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The shape of the network. */
public record ModelSettings(
    @Setting(
            "tiny, small, base, large, huge, or WIDTHxDEPTHxHEADS such as 192x6x3; that of the"
                + " weights if none, base if there are no weights.")
        @Nullable String model,
    @Setting(value = "Side of the pictures that the network sees.", standard = "224") int imageSize,
    @Setting("Side of a patch; that of the weights if none, 16 if there are no weights.")
        @Nullable Integer patch,
    @Setting(value = "Grey pictures, of one channel.", standard = "false") boolean grey,
    @Setting(value = "Statistics that pixels are normalised by.", standard = "imagenet")
        Normalisation normalise,
    @Setting(
            value =
                "Share of the shorter side that is seen in evaluation; if none, all of a picture of"
                    + " the network's size, else 7/8 up to 224 pixels.",
            decides = false)
        @Nullable Double evalCrop) {

  private static final String USUAL_MODEL = "base";
  private static final int USUAL_PATCH = 16;
  private static final Pattern SHAPE = Pattern.compile("(\\d{1,5})x(\\d{1,3})x(\\d{1,3})");

  /** The network's configuration, to start from random weights. */
  public ViTConfig config() {
    return config(null);
  }

  /**
   * The network's configuration.
   *
   * @param weights shape of the weights it starts from; null for random ones
   */
  ViTConfig config(@Nullable ViTConfig weights) {
    ViTConfig config =
        model == null && weights != null
            ? weights.withImageSize(imageSize)
            : named(model == null ? USUAL_MODEL : model, patch == null ? USUAL_PATCH : patch);
    if (patch != null && patch != config.patchSize()) {
      throw new IllegalArgumentException(
          "patch %d: the weights have patches of %d".formatted(patch, config.patchSize()));
    }
    return config.withChannels(channels());
  }

  /** Colour channels of the pictures. */
  public int channels() {
    return grey ? 1 : 3;
  }

  private ViTConfig named(String size, int side) {
    return switch (size) {
      case "tiny" -> ViTConfig.tiny(imageSize, side);
      case "small" -> ViTConfig.small(imageSize, side);
      case "base" -> ViTConfig.base(imageSize, side);
      case "large" -> ViTConfig.large(imageSize, side);
      case "huge" -> ViTConfig.huge(imageSize, side);
      default -> {
        Matcher shape = SHAPE.matcher(size);
        if (!shape.matches()) {
          throw new IllegalArgumentException(
              "model: '%s' is not known; choose tiny, small, base, large, huge or WIDTHxDEPTHxHEADS"
                  .formatted(size));
        }
        int width = Integer.parseInt(shape.group(1));
        int depth = Integer.parseInt(shape.group(2));
        yield ViTConfig.of(imageSize, side, width, depth, Integer.parseInt(shape.group(3)));
      }
    };
  }
}
