package io.github.maskalign.cli.settings.groups;

import io.github.maskalign.cli.settings.Setting;
import io.github.maskalign.tensor.error.ArgumentException;
import io.github.maskalign.vit.ViTConfig;
import io.github.maskalign.vit.ViTSize;
import io.github.maskalign.vit.image.ChannelStats;
import io.github.maskalign.vit.image.ImageSize;
import io.github.maskalign.vit.weights.ModelCard;
import io.github.maskalign.vit.weights.NetworkFile;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Size and input of the network.
 *
 * @since 0.1.0
 */
public record ModelSettings(
    @Setting(
            value =
                "Model size: tiny, small, base, large, huge, or WIDTHxDEPTHxHEADS such as 192x6x3.",
            defaultText =
                "from the weights, else by the number of images, and in pre-training no larger than the teacher",
            fromData = true)
        @Nullable String model,
    @Setting(
            value = "Input size in pixels.",
            defaultText = "from the weights, else 224, or the teacher's if that is smaller",
            fromData = true,
            range = "[1, 16384]")
        @Nullable Integer imageSize,
    @Setting(
            value = "Patch size in pixels.",
            defaultText =
                "from the weights, else 16, or the teacher's if its image size is the default",
            fromData = true,
            formerly = "patch",
            range = "[1, 16384]")
        @Nullable Integer patchSize,
    @Setting(
            value = "Grayscale input with one channel.",
            defaultText = "from the weights, else false",
            formerly = "grey")
        @Nullable Boolean gray,
    @Setting(
            value = "Mean and standard deviation of the pixel normalization",
            defaultText = "from the weights, else imagenet",
            formerly = "normalise")
        @Nullable Normalization normalize,
    @Setting(
            value = "Fraction of the shorter side that the center crop keeps in evaluation.",
            defaultText =
                "the whole image if it has the input size, else 0.875 up to 224 pixels and 1 above",
            affectsResult = false,
            range = "(0, 1]")
        @Nullable Double evalCrop) {

  private static final String DEFAULT_MODEL = "base";
  private static final int DEFAULT_SIZE = 224;
  private static final int DEFAULT_PATCH = 16;
  private static final int COLORS = 3;
  private static final Pattern SHAPE = Pattern.compile("(\\d{1,5})x(\\d{1,3})x(\\d{1,3})");

  /** Rejects sizes that no network has. */
  public ModelSettings {
    if (model != null) {
      named(model, DEFAULT_SIZE, DEFAULT_PATCH);
    }
    if (imageSize != null && patchSize != null) {
      requireWhole(imageSize, patchSize);
    }
  }

  /** Whether nothing is left to the data. */
  public boolean isComplete() {
    return model != null && imageSize != null && patchSize != null;
  }

  /**
   * Completes what the user left to the data. A network that starts from random weights has a width
   * of 192 for fewer than 10,000 images, 384 for fewer than 100,000 and 768 for more, and the depth
   * of its teacher, whose width it does not exceed.
   *
   * @param images number of images
   * @param teacher the teacher's network; null without one
   */
  ModelSettings completed(int images, @Nullable ViTConfig teacher) {
    int taught =
        teacher == null || !teacher.imageSize().isSquare()
            ? DEFAULT_SIZE
            : teacher.imageSize().height();
    boolean small = taught < DEFAULT_SIZE;
    int side = imageSize != null ? imageSize : small ? taught : DEFAULT_SIZE;
    int patch =
        patchSize != null
            ? patchSize
            : small && side == taught ? teacher.patchSize() : DEFAULT_PATCH;
    String size = model == null ? StudentSize.of(images, teacher).toString() : model;
    return new ModelSettings(size, side, patch, gray, normalize, evalCrop);
  }

  /**
   * A network and its preprocessing.
   *
   * @param config of the network
   * @param stats mean and standard deviation of the pixels
   * @param evalCrop fraction of the shorter side that the center crop keeps; the default if null
   */
  public record Shape(ViTConfig config, ChannelStats stats, @Nullable Double evalCrop) {

    /** Size of the images. */
    public ImageSize size() {
      return config.imageSize();
    }
  }

  /** The shape of a network that starts from random weights. */
  public Shape shape() {
    int channels = channels(COLORS);
    Normalization by = normalize == null ? Normalization.IMAGENET : normalize;
    return new Shape(fresh().withChannels(channels), by.stats(channels), evalCrop);
  }

  /** The shape of a network that starts from weights, which complete the settings. */
  public Shape shape(@Nullable Path weights) {
    if (weights == null) {
      return shape();
    }
    try (NetworkFile file = NetworkFile.open(weights)) {
      ViTConfig own = file.config();
      int channels = channels(own.channels());
      if (channels != own.channels()) {
        throw new ArgumentException(
            "--gray %s: the weights have %d input channels; images are converted to them"
                .formatted(gray, own.channels()));
      }
      ChannelStats stats =
          normalize == null ? ModelCard.of(file).stats() : normalize.stats(channels);
      boolean other = imageSize != null && !own.imageSize().equals(ImageSize.square(imageSize));
      if (model == null && other) {
        requireWhole(imageSize, own.patchSize());
      }
      ViTConfig sized = imageSize == null ? own : own.withImageSize(imageSize);
      ViTConfig config = model == null ? sized : fresh();
      if (patchSize != null && patchSize != config.patchSize()) {
        throw new ArgumentException(
            "--patch-size %d: the weights have patches of %d pixels"
                .formatted(patchSize, config.patchSize()));
      }
      return new Shape(config.withChannels(channels), stats, evalCrop);
    }
  }

  private int channels(int usual) {
    return gray == null ? usual : gray ? 1 : COLORS;
  }

  private ViTConfig fresh() {
    int side = imageSize == null ? DEFAULT_SIZE : imageSize;
    int patch = patchSize == null ? DEFAULT_PATCH : patchSize;
    requireWhole(side, patch);
    return named(model == null ? DEFAULT_MODEL : model, side, patch);
  }

  private static void requireWhole(int side, int patch) {
    if (side % patch != 0) {
      throw new ArgumentException(
          "--image-size %d: must be a multiple of the patch size, %d".formatted(side, patch));
    }
  }

  /** Sine-cosine positions have a sine and a cosine for each of two axes. */
  static void requirePositions(String option, int width) {
    if (width % 4 != 0) {
      throw new ArgumentException(option + ": the width must be a multiple of 4");
    }
  }

  private static ViTConfig named(String size, int side, int patch) {
    return ViTSize.find(size)
        .map(usual -> ViTConfig.of(usual, side, patch))
        .orElseGet(() -> shaped(size, side, patch));
  }

  private static ViTConfig shaped(String size, int side, int patch) {
    Matcher shape = SHAPE.matcher(size);
    if (!shape.matches()) {
      throw new ArgumentException(
          "--model: unknown size '%s'; choose tiny, small, base, large, huge or WIDTHxDEPTHxHEADS (at most 99999x999x999)"
              .formatted(size));
    }
    int width = Integer.parseInt(shape.group(1));
    int depth = Integer.parseInt(shape.group(2));
    int heads = Integer.parseInt(shape.group(3));
    if (width == 0 || depth == 0 || heads == 0 || width % heads != 0) {
      throw new ArgumentException(
          "--model %s: all three must be 1 or more, and the heads must divide the width"
              .formatted(size));
    }
    requirePositions("--model " + size, width);
    return ViTConfig.of(side, patch, width, depth, heads);
  }
}
