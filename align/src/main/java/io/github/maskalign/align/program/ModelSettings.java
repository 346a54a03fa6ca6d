package io.github.maskalign.align.program;

import io.github.maskalign.align.settings.Setting;
import io.github.maskalign.vit.ViTConfig;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The shape of the network. */
public record ModelSettings(
    @Setting(
            value = "tiny, small, base, large, huge, or WIDTHxDEPTHxHEADS such as 192x6x3.",
            standard = "base")
        String model,
    @Setting(value = "Side of the pictures that the network sees.", standard = "224") int imageSize,
    @Setting(value = "Side of a patch.", standard = "16") int patch,
    @Setting(value = "Grey pictures, of one channel.", standard = "false") boolean grey,
    @Setting(value = "Statistics that pixels are normalised by.", standard = "imagenet")
        Normalisation normalise) {

  private static final Pattern SHAPE = Pattern.compile("(\\d{1,5})x(\\d{1,3})x(\\d{1,3})");

  /** The network's configuration. */
  public ViTConfig config() {
    return shape().withChannels(channels());
  }

  /** Colour channels of the pictures. */
  public int channels() {
    return grey ? 1 : 3;
  }

  private ViTConfig shape() {
    return switch (model) {
      case "tiny" -> ViTConfig.tiny(imageSize, patch);
      case "small" -> ViTConfig.small(imageSize, patch);
      case "base" -> ViTConfig.base(imageSize, patch);
      case "large" -> ViTConfig.large(imageSize, patch);
      case "huge" -> ViTConfig.huge(imageSize, patch);
      default -> {
        Matcher shape = SHAPE.matcher(model);
        if (!shape.matches()) {
          throw new IllegalArgumentException(
              "model: '%s' is not known; choose tiny, small, base, large, huge or WIDTHxDEPTHxHEADS"
                  .formatted(model));
        }
        int width = Integer.parseInt(shape.group(1));
        int depth = Integer.parseInt(shape.group(2));
        yield ViTConfig.of(imageSize, patch, width, depth, Integer.parseInt(shape.group(3)));
      }
    };
  }
}
